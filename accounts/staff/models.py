"""One access of the provider's staff to one company: asked for, decided, used, ended (A14).

The row is the company's: it stands behind the company's wall, which is also where it is looked up at every request.
"""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.staff.scopes import Scope
from auditlog.actors import ActorKind
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.context import require_tenant_id
from tenants.isolation.models import TenantModel

LONGEST_MINUTES = 60
ANSWER_HOURS = 24


class AccessState(models.TextChoices):
    """Where a request is on its way. Each one moves forward only."""

    ASKED = "asked", _("Waits for an answer")
    GRANTED = "granted", _("Access is open")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Never answered")
    ENDED = "ended", _("Ended")


class EndReason(models.TextChoices):
    """Why an access is over."""

    TIME = "time", _("The time was over")
    COMPANY = "company", _("Ended by the company")
    STAFF = "staff", _("Ended by the staff")
    ACCOUNT = "account", _("The operator's account was stopped")
    CONTRACT = "contract", _("The company's use of the service was stopped")


class StaffAccess(TenantModel):
    """What one operator wants to do in this company, and what became of it.

    The operator is no user of the company, so who they are is kept as text. `company_id` is the tenant for which the
    access was asked: a copy of the row in a company that was restored from an archive lets nobody in.
    `operator_session` is the operator's own session in which the access is used.
    """

    asset = Asset(
        data_class=gettext_noop("staff access"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=True,
        rolled_back=False,  # who was inside stays on record
        returned=True,
        withheld=("operator_email", "operator_session"),
        app_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        platform_rights=frozenset({"SELECT"}),
    )

    company_id = models.UUIDField(default=require_tenant_id, editable=False)
    operator_id = models.UUIDField(editable=False)
    operator_user_id = models.CharField(_("user ID"), max_length=64)
    operator_name = models.CharField(_("operator"), max_length=100)
    operator_email = models.EmailField(max_length=254)
    purpose = models.CharField(_("purpose"), max_length=500)
    ticket = models.CharField(_("ticket"), max_length=60)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)]
    )
    emergency = models.BooleanField(_("emergency"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=AccessState, default=AccessState.ASKED)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by_kind = models.CharField(max_length=8, choices=ActorKind, blank=True, editable=False)
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by_name = models.CharField(_("decided by"), max_length=150, blank=True, editable=False)
    word = models.CharField(_("word on the decision"), max_length=500, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, editable=False)
    operator_session = models.UUIDField(null=True, editable=False)
    entered_at = models.DateTimeField(_("first entered"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    ended_by_name = models.CharField(_("ended by"), max_length=150, blank=True, editable=False)
    end_reason = models.CharField(_("end"), max_length=10, choices=EndReason, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-asked_at", "-id"]
        verbose_name = _("staff access")
        verbose_name_plural = _("staff accesses")
        indexes = [models.Index(fields=["tenant_id", "-asked_at"], name="staff_access_asked")]

    def __str__(self) -> str:
        return f"{self.operator_name} ({self.operator_user_id}): {self.ticket}"

    @property
    def answer_until(self) -> datetime:
        """When an unanswered request lapses."""
        return self.asked_at + timedelta(hours=ANSWER_HOURS)

    def state_at(self, now: datetime) -> AccessState:
        """The state at that moment, whether or not the job that writes it down has run."""
        if self.state == AccessState.ASKED and self.answer_until <= now:
            return AccessState.EXPIRED
        if self.state == AccessState.GRANTED and (self.ends_at is None or self.ends_at <= now):
            return AccessState.ENDED
        return AccessState(self.state)

    @property
    def state_now(self) -> AccessState:
        """The state at this moment."""
        return self.state_at(timezone.now())

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state_now is AccessState.ASKED

    @property
    def is_running(self) -> bool:
        """Whether it lets the operator in now, as far as this row tells."""
        return self.state_now is AccessState.GRANTED and self.company_id == self.tenant_id

    @property
    def minutes_left(self) -> int:
        """Minutes until it ends, the begun one counted; 0 when it does not run."""
        if self.ends_at is None or not self.is_running:
            return 0
        return -int((timezone.now() - self.ends_at).total_seconds() // 60)
