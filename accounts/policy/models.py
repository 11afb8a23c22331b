"""What a company demands of passwords and sessions, former passwords, and counters of failed attempts (A2, A3, A11)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from tenants.isolation.assets import READ_ONLY, Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

DAYS_OF_NOTICE = (14, 7, 1)  # ASVS 6.4.5: told ahead, so that expiry surprises nobody
_SHORTEST_VALIDITY = 30


def _number(label: object, low: int, high: int, default: int) -> "models.PositiveSmallIntegerField[int, int]":
    validators = [MinValueValidator(low), MaxValueValidator(high)]
    return models.PositiveSmallIntegerField(label, default=default, validators=validators)  # type: ignore[arg-type]


class FactorRule(models.TextChoices):
    """Who needs a second factor (A5). The provider's own people always do."""

    NOBODY = "nobody", _("Nobody has to, everybody may")
    ROLES = "roles", _("Those whose role demands it")
    EVERYONE = "everyone", _("Everybody")


class SecurityPolicy(TenantModel):
    """The policy of a tenant. A tenant without a row has the defaults, which are the NIST / ASVS preset."""

    asset = Asset(
        data_class=gettext_noop("security policy"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
    )

    min_length = _number(_("Shortest password (characters)"), 8, 64, 15)
    required_classes = _number(_("Kinds of characters that must occur"), 0, 4, 0)
    history_generations = _number(_("Former passwords that may not come back"), 0, 12, 0)
    expiry_days = _number(_("Validity of a password (days, 0 for no end)"), 0, 730, 0)
    failures_allowed = _number(_("Wrong passwords before log-in is delayed"), 3, 20, 10)
    lock_minutes = _number(_("Longest delay (minutes)"), 1, 60, 15)
    idle_minutes = _number(_("Log out when unused for (minutes)"), 5, 36 * 60, 8 * 60)
    absolute_hours = _number(_("Log out in any case after (hours)"), 1, 36, 36)
    factor_required = models.CharField(
        _("Who needs a second factor"), max_length=10, choices=FactorRule, default=FactorRule.ROLES
    )
    passkey_alone = models.BooleanField(_("A passkey alone is enough"), default=False)
    sso_suffices = models.BooleanField(_("A log-in by the identity provider counts as both factors"), default=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("security policy")
        verbose_name_plural = _("security policies")
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="policy_securitypolicy_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        """What one bound a field cannot say."""
        if 0 < self.expiry_days < _SHORTEST_VALIDITY:
            message = _("Passwords are valid for 30 days or more, or without end (0).")
            raise ValidationError({"expiry_days": message})
        if self.idle_minutes > self.absolute_hours * 60:
            message = _("This is longer than the session lasts in any case.")
            raise ValidationError({"idle_minutes": message})

    def values(self) -> dict[str, Any]:
        """Every setting by its name."""
        return {name: getattr(self, name) for name in DEFAULTS}


# What a company has that chose nothing, by the name of the setting.
DEFAULTS: dict[str, Any] = {
    field.name: field.default
    for field in SecurityPolicy._meta.local_concrete_fields
    if field.name not in {"id", "tenant_id"}
}


class PasswordHistory(TenantModel):
    """The hash of a former password, kept as long as the policy forbids its return."""

    asset = Asset(
        data_class=gettext_noop("former passwords"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=False,
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    ended_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        pass


class AttemptCounter(TenantModel):
    """How many attempts failed in a row, for one bucket (research/identity.md 4.3).

    A bucket is the hash of whatever is counted together. Names that nobody has are counted like those of users.
    """

    asset = Asset(
        data_class=gettext_noop("failed attempts"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(2, counted_from="forgotten_at"),
        archived=False,
        left_out="counters of a day or two, which begin anew",
        returned=False,
        platform_rights=READ_ONLY,
    )

    bucket = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=1)
    locked_until = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id", "bucket"], name="policy_attemptcounter_bucket")]
