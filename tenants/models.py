"""The directory of tenants: the provider's own table, of which a tenant sees its own row only (T1, T2, T4)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import READ_ONLY, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id
from tenants.plans import PLANS, Plan, PlanCode


class Edition(models.TextChoices):
    """Shared database, or one of its own (T2)."""

    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private")


class State(models.TextChoices):
    """Lifecycle of a tenant (T4)."""

    TRIAL = "trial", _("Trial")
    ACTIVE = "active", _("Active")
    CANCELLATION_REQUESTED = "cancelling", _("Cancellation requested")
    SUSPENDED = "suspended", _("Suspended")
    ERASED = "erased", _("Erased")


class Tenant(models.Model):
    """A company under its company code. Tenants are told apart by `id` everywhere else."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("directory of tenants"),
        ownership=Ownership.PROVIDER,
        retention=Retention.unlimited(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        walled_by="id",
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_code = models.CharField(
        _("company code"),
        max_length=20,
        unique=True,
        validators=[
            RegexValidator(r"\A[A-Z0-9][A-Z0-9-]{1,18}[A-Z0-9]\Z", _("Use 3 to 20 letters, digits and hyphens."))
        ],
    )
    name = models.CharField(_("organisation name"), max_length=150)
    plan_code = models.CharField(_("plan"), max_length=20, choices=PlanCode, default=PlanCode.STANDARD)
    edition = models.CharField(_("edition"), max_length=10, choices=Edition, default=Edition.PUBLIC)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE)
    is_provider = models.BooleanField(default=False, editable=False)
    placement = models.CharField(max_length=40, default="default", editable=False)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tokyo")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    # While a restore puts its data back in place nobody enters, and its jobs wait (`tenants.services.freeze_tenant`).
    frozen_at = models.DateTimeField(null=True, editable=False)
    # Menus that no role of the company opens (T2). Rights are read with it (`accounts.queries.rights_of`).
    closed_menus: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, editable=False
    )
    # The last day of use, once the contract was cancelled; the day ends in the tenant's time zone.
    last_day = models.DateField(_("last day of use"), null=True, editable=False)

    class Meta:
        ordering = ["company_code"]
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        constraints = [
            models.UniqueConstraint("is_provider", condition=models.Q(is_provider=True), name="one_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.company_code} {self.name}"

    @property
    def plan(self) -> Plan:
        """The limits of the tenant's plan."""
        return PLANS[PlanCode(self.plan_code)]
