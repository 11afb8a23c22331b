"""Who is told of incidents and maintenance by mail, and which states operators have set by hand (N1)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, When
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from incidents.components import BY_CODE, CHOICES
from incidents.status.document import State
from incidents.status.words import STATES
from tenants.isolation.assets import (
    EVIDENCE_DAYS,
    NO_RIGHTS,
    READ_ONLY,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.models import TenantModel, new_id

# Who has not confirmed within these days did not want to, or was entered by somebody else.
UNCONFIRMED_DAYS = 7
ADDRESS_PURPOSE = "incidents.status.subscriber {row.id}"


class Subscriber(TenantModel):
    """Somebody who is told by mail, in the provider's own tenant. Without components: of all of them.

    The address is sealed; `address_digest` finds it again and cannot be turned back without the secret of this
    installation. Mails only go out once `confirmed_at` is there; `asked_at` is when the last link went out.
    """

    asset = Asset(
        data_class=gettext_noop("subscribers of the status page"),
        ownership=Ownership.PROVIDER,
        retention=Retention.for_days(
            UNCONFIRMED_DAYS,
            counted_from=Case(
                When(confirmed_at=None, then=Greatest(F("created_at"), F("asked_at"))),
                output_field=models.DateTimeField(),
            ),
            words=_("7 days when it was not confirmed, else until it is ended"),
        ),
        archived=True,
        rolled_back=False,  # who has left since must not be mailed again
        returned=False,
        platform_rights=READ_ONLY,
        sealed=(("address_sealed", ADDRESS_PURPOSE),),
    )

    address_digest = models.CharField(max_length=64, editable=False)
    address_sealed = models.BinaryField()
    language = models.CharField(_("language"), max_length=5, choices=[("ja", "日本語"), ("en", "English")])
    components = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    asks = models.PositiveSmallIntegerField(default=0, editable=False)  # links that went out one soon after the other
    confirmed_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["created_at", "id"]
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "address_digest"], name="status_subscriber_once")]

    def __str__(self) -> str:
        return str(self.pk)

    def wants(self, components: list[str]) -> bool:
        """Whether this is about something that was chosen; what concerns no part in particular concerns everybody."""
        return not self.components or not components or not set(self.components).isdisjoint(components)


class ComponentOverride(models.Model):
    """A state that an operator has set by hand, until a moment; only the newest of a component counts."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("states set by hand"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="ends_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    component = models.CharField(_("component"), max_length=20, choices=CHOICES)
    state = models.CharField(_("state"), max_length=12, choices=[(state.value, STATES[state]) for state in State])
    reason = models.CharField(_("reason"), max_length=500)
    begins_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField(_("until"))
    set_by_name = models.CharField(max_length=150, editable=False)

    class Meta:
        ordering = ["-begins_at", "-id"]
        indexes = [models.Index(fields=["ends_at"], name="status_override_ends")]

    def __str__(self) -> str:
        component = BY_CODE.get(self.component)
        return str(component.label) if component else self.component
