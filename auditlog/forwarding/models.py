"""Where a company's audit log goes, and how far it has come. The log itself is the queue: nothing waits elsewhere."""

from datetime import timedelta
from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from auditlog.actions import Kind
from auditlog.forwarding.trouble import Trouble
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.context import require_tenant_id
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

MOST_DESTINATIONS = 3
# So many failures in a row, about seven minutes, are a state and not a hiccup: it is recorded, once.
FAILING_AFTER = 3
SECRET_PURPOSE = "auditlog.forwarding {row.destination_id}"  # noqa: S105 - the name of a purpose
OVERLAP = timedelta(hours=24)


class DestinationKind(models.TextChoices):
    """How events travel."""

    WEBHOOK = "webhook", _("HTTPS webhook")
    SYSLOG = "syslog", _("Syslog over TLS")


class Health(StrEnum):
    """How a destination does, in one word that pages have a badge for."""

    ACTIVE = "active"
    WAITING = "pending"  # it failed, but not often enough to worry
    FAILING = "failed"
    PAUSED = "suspended"


class Destination(TenantModel):
    """One receiver.

    Its position is (`transaction_id`, `position_at`, `position_id`), the place of the last event that it has confirmed
    in the order of the log (see `reading`). Without a `position_id` everything before that transaction is done.
    """

    asset = Asset(
        data_class=gettext_noop("forwarding of the audit log"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        rolled_back=False,  # a place in the log, which goes on
        returned=True,
        withheld=(
            "home",
            "since",
            "transaction_id",
            "position_at",
            "position_id",
            "mark_transaction",
            "mark_at",
            "gap_until",
            "claim",
            "claimed_until",
        ),
        platform_rights=frozenset({"SELECT"}),
    )

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=DestinationKind)
    address = models.CharField(_("address"), max_length=1000)
    authorities = models.TextField(_("certificate authorities"), blank=True)
    kinds = ArrayField(models.CharField(max_length=16, choices=Kind), verbose_name=_("kinds"), blank=True, default=list)
    active = models.BooleanField(_("on"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The company that set it up. In a restored copy this is another one, and nothing is sent until somebody resumes it.
    home = models.UUIDField(default=require_tenant_id, editable=False)

    since = models.DateTimeField()  # no event that is still to be sent is older
    transaction_id = models.BigIntegerField(default=0)
    position_at = models.DateTimeField()
    position_id = models.UUIDField(null=True)
    # All transactions from this one on began after that time; once the position is there, `since` may follow.
    mark_transaction = models.BigIntegerField(default=0)
    mark_at = models.DateTimeField()
    gap_until = models.DateTimeField(null=True)  # a gap up to then was recorded

    delivered_at = models.DateTimeField(null=True)
    delivered = models.BigIntegerField(default=0)
    backlog = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=16, choices=Trouble, blank=True)
    trouble_detail = models.CharField(max_length=200, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    tested_at = models.DateTimeField(null=True)
    # Whoever works on it. A worker that was killed loses it when the time is over.
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["created_at", "id"]
        verbose_name = _("destination of the audit log")
        verbose_name_plural = _("destinations of the audit log")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "name"], name="forwarding_destination_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_copy(self) -> bool:
        """Whether it came out of an archive of another company and nobody has resumed it."""
        return self.home != self.tenant_id

    @property
    def kinds_label(self) -> str:
        """The chosen kinds for people."""
        return ", ".join(str(Kind(kind).label) for kind in self.kinds)

    @property
    def health(self) -> Health:
        """How it does."""
        if not self.active or self.is_copy:
            return Health.PAUSED
        if self.failures >= FAILING_AFTER:
            return Health.FAILING
        return Health.WAITING if self.failures else Health.ACTIVE

    @property
    def health_label(self) -> str:
        """The same for people."""
        labels = {
            Health.ACTIVE: _("Delivers"),
            Health.WAITING: _("Tries again"),
            Health.FAILING: _("Does not deliver"),
            Health.PAUSED: _("Paused"),
        }
        return str(labels[self.health])


class SigningSecret(TenantModel):
    """A secret with which batches for a webhook are signed. After a renewal the earlier one signs along for a day."""

    asset = Asset(
        data_class=gettext_noop("forwarding of the audit log"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        rolled_back=False,  # it belongs to the destination
        returned=False,
        sealed=(("secret_sealed", SECRET_PURPOSE),),
    )

    destination = TenantForeignKey(Destination, on_delete=models.CASCADE, related_name="secrets")
    secret_sealed = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at", "-id"]
