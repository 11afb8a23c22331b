"""Account inventories: a picture of every account at one moment, and what was decided about each (A12).

The accounts are written down, not referred to: a finished review stays as it was, whoever is removed later.
"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.factors.kinds import kinds
from accounts.menus import BUILT_IN_ROLES, BY_CODE
from accounts.models import UserState
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

DEFAULT_MONTHS = 6

_EVIDENCE = Asset(
    data_class=gettext_noop("account inventories"),
    ownership=Ownership.CUSTOMER,
    retention=Retention.with_contract(),
    archived=True,
    returned=True,
)


class ReviewState(models.TextChoices):
    """Whether a review may still be changed."""

    OPEN = "running", _("In progress")
    COMPLETED = "completed", _("Completed")


class Decision(models.TextChoices):
    """What becomes of an account."""

    KEEP = "keep", _("Keep")
    CHANGE = "change", _("Change the rights")
    REMOVE = "remove", _("Remove")


class AccountReview(TenantModel):
    """One inventory. `digest` is the SHA-256 of all that was decided; the audit log has it as well."""

    asset = _EVIDENCE

    name = models.CharField(_("name"), max_length=100)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.OPEN)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    started_by_name = models.CharField(_("started by"), max_length=150)
    due_on = models.DateField(_("to be completed by"))
    completed_at = models.DateTimeField(_("completed"), null=True)
    completed_by_name = models.CharField(_("completed by"), max_length=150, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("account inventory")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"], condition=models.Q(state="running"), name="inventory_review_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether decisions may still be made."""
        return self.state == ReviewState.OPEN


class ReviewedAccount(TenantModel):
    """An account as it was when the review began, and the decision about it."""

    asset = _EVIDENCE

    review = TenantForeignKey(AccountReview, on_delete=models.CASCADE, related_name="accounts")
    account_key = models.UUIDField()
    user_id = models.CharField(_("user ID"), max_length=64)
    name = models.CharField(_("name"), max_length=100)
    state = models.CharField(_("state"), max_length=10)
    registered_at = models.DateTimeField(_("registered"))
    last_used_at = models.DateTimeField(_("last use"), null=True)
    roles = ArrayField(models.CharField(max_length=60), default=list, verbose_name=_("roles"))
    menus = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("menus"))
    factors = ArrayField(models.CharField(max_length=20), default=list, verbose_name=_("second factors"))
    has_sso = models.BooleanField(_("single sign-on"))
    decision = models.CharField(_("decision"), max_length=6, choices=Decision, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("time of the decision"), null=True)
    decided_by_key = models.UUIDField(null=True)
    decided_by_name = models.CharField(_("deciding person"), max_length=150, blank=True)
    carried_out_at = models.DateTimeField(_("carried out"), null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "review", "account_key"], name="inventory_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.user_id})"

    @property
    def state_name(self) -> str:
        """The state of the account when the review began."""
        return str(dict(UserState.choices).get(self.state, self.state))

    @property
    def role_names(self) -> list[str]:
        """The roles; built-in ones in the reader's language."""
        built_in = {role.code: str(role.name) for role in BUILT_IN_ROLES}
        return [built_in.get(name, name) for name in self.roles]

    @property
    def menu_names(self) -> list[str]:
        """The menus in the order of the map; the code of one that is gone."""
        known = [str(menu.label) for code, menu in BY_CODE.items() if code in self.menus]
        return [*known, *(code for code in self.menus if code not in BY_CODE)]

    @property
    def factor_names(self) -> list[str]:
        """The kinds of second factor."""
        labels = {kind.code: str(kind.label) for kind in kinds()}
        return [labels.get(code, code) for code in self.factors]

    @property
    def is_own_decision(self) -> bool:
        """Whether the owner of the account decided about it: somebody else has to look at it (A12)."""
        return bool(self.decision) and self.decided_by_key == self.account_key

    @property
    def is_administrator(self) -> bool:
        """Whether the account could manage users."""
        return "console.users" in self.menus

    @property
    def is_outstanding(self) -> bool:
        """Whether something was decided that has not been done yet."""
        return self.decision in {Decision.CHANGE, Decision.REMOVE} and self.carried_out_at is None


class InventorySchedule(TenantModel):
    """How often a review is due. A tenant without a row has the default."""

    asset = _EVIDENCE

    months = models.PositiveSmallIntegerField(
        _("Months between two inventories (0 for none)"), default=DEFAULT_MONTHS, validators=[MaxValueValidator(24)]
    )
    reminded_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("schedule of account inventories")
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="inventory_schedule_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
