"""A cancellation, and what was said with it (T4, R1, R2).

The cancellation itself belongs to the record of the contract, which stays (R2): states, dates, a reason from a list.
What people wrote and who they were is the company's own, and goes with it.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from retention.promise.dates import ExitDates
from tenants.isolation.assets import READ_ONLY, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import TenantModel, new_id


class CancellationState(models.TextChoices):
    """Where a cancellation stands. One that is in effect cannot be taken back."""

    OPEN = "open", _("Requested")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EFFECTIVE = "effective", _("In effect")


class Reason(models.TextChoices):
    """Why a company leaves."""

    UNUSED = "unused", _("No longer needed")
    FEATURES = "features", _("Functions are missing")
    PRICE = "price", _("Price")
    MOVED = "moved", _("Move to another service")
    ORGANISATION = "organisation", _("Reorganisation, merger or closing")
    TRIAL = "trial", _("The trial is over")
    OTHER = "other", _("Other")


class Side(models.TextChoices):
    """Who spoke for the contract."""

    COMPANY = "company", _("The company")
    PROVIDER = "provider", _("The provider, on behalf of the company")


class Cancellation(models.Model):
    """One cancellation of one contract. Its dates are fixed when it is requested, whatever is set afterwards.

    `state_before` is what the company goes back to when it is withdrawn. `told` names the mails that were sent.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("organisation record"),
        ownership=Ownership.PROVIDER,
        retention=Retention.unlimited(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        walled_by="tenant_id",
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    state = models.CharField(_("state"), max_length=10, choices=CancellationState, default=CancellationState.OPEN)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    side = models.CharField(_("requested by"), max_length=10, choices=Side)
    requested_at = models.DateTimeField(_("requested"), default=timezone.now)
    last_day = models.DateField(_("last day of use"))
    time_zone = models.CharField(max_length=50)
    suspend_at = models.DateTimeField(_("use ends"))
    erase_at = models.DateTimeField(_("erasure begins"))
    gone_by = models.DateTimeField(_("gone from backups"))
    state_before = models.CharField(max_length=12)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    effective_at = models.DateTimeField(_("in effect since"), null=True)
    erasure_id = models.UUIDField(null=True)
    told: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        ordering = ["-requested_at", "-id"]
        verbose_name = _("cancellation")
        verbose_name_plural = _("cancellations")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"], condition=~models.Q(state="withdrawn"), name="cancellation_once"
            )
        ]
        indexes = [models.Index(fields=["suspend_at"], condition=models.Q(state="open"), name="cancellation_open")]

    def __str__(self) -> str:
        return f"{self.last_day:%Y-%m-%d}"

    @property
    def dates(self) -> ExitDates:
        """Every date of leaving."""
        return ExitDates(self.last_day, self.suspend_at, self.erase_at, self.gone_by, self.time_zone)

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether the last day of use is not over yet, and nobody took it back."""
        return self.state == CancellationState.OPEN and timezone.now() < self.suspend_at


class CancellationWords(TenantModel):
    """What somebody wrote when they cancelled, and their name; it goes with the company."""

    asset = Asset(
        data_class=gettext_noop("cancellation"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT"}),
        rolled_back=False,
    )

    cancellation_id = models.UUIDField()
    requested_by_name = models.CharField(_("requested by"), max_length=150)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
