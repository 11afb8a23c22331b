"""People and what lets them in: users, roles, sessions, one-time links (A1, A7-A9, A11)."""

import unicodedata
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.menus import BUILT_IN_ROLES
from auditlog.actors import Actor, ActorKind
from tenants.isolation.assets import ALL_RIGHTS, Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel


def normalize_user_id(text: str) -> str:
    """A user ID as stored and counted: NFKC (full-width letters from Japanese input), lower case, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


class UserState(models.TextChoices):
    """Whether somebody may log in (A8)."""

    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class Role(TenantModel):
    """A named set of menus (A9)."""

    asset = Asset(
        data_class=gettext_noop("roles"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
        platform_rights=frozenset({"SELECT", "INSERT"}),
    )

    code = models.CharField(max_length=40, blank=True, editable=False)
    custom_name = models.CharField(_("name"), max_length=60, blank=True)
    menus = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("menus"))
    # Whoever has the role needs a second factor, where the company's policy asks the roles (A5).
    factor_required = models.BooleanField(_("second factor required"), default=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "code"], condition=~models.Q(code=""), name="accounts_role_code"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "custom_name"],
                condition=models.Q(code=""),
                name="accounts_role_name",
                violation_error_message=_("A role has this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The built-in name in the reader's language, or the one that the tenant gave."""
        return next((str(role.name) for role in BUILT_IN_ROLES if role.code == self.code), self.custom_name)

    @property
    def recorded_name(self) -> str:
        """The name for the audit log: the same in every language."""
        return self.code or self.custom_name

    @property
    def is_built_in(self) -> bool:
        """Whether the product brought it; built-in roles keep their code and cannot be removed."""
        return bool(self.code)


class User(TenantModel, AbstractBaseUser):
    """One person's account in one tenant (A8). `user_id` is the log-in name, `id` the key."""

    asset = Asset(
        data_class=gettext_noop("users"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
        platform_rights=frozenset({"SELECT", "INSERT"}),
        withheld=("password",),
    )

    user_id = models.CharField(
        _("user ID"),
        max_length=64,
        validators=[RegexValidator(r"\A[a-z0-9][a-z0-9._@+-]*\Z", _("Use letters, digits and . _ @ + - only."))],
    )
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"), max_length=254)
    state = models.CharField(_("state"), max_length=10, choices=UserState, default=UserState.INVITED)
    language = models.CharField(_("language"), max_length=5, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tokyo")
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    password_set_at = models.DateTimeField(null=True, editable=False)
    must_change_password = models.BooleanField(default=False, editable=False)
    # Of the notices before the end of the password, the last one that was sent (days ahead).
    password_notice = models.PositiveSmallIntegerField(null=True, editable=False)
    roles = models.ManyToManyField(Role, through="UserRole", related_name="users", verbose_name=_("roles"))

    USERNAME_FIELD = "user_id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta(TenantModel.Meta):
        ordering = ["user_id"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "user_id"],
                name="accounts_user_user_id",
                violation_error_message=_("This user ID is taken."),
            )
        ]

    def __str__(self) -> str:
        return gettext("%(name)s (%(user_id)s)") % {"name": self.name, "user_id": self.user_id}

    def clean_fields(self, exclude: object = None) -> None:
        """Normalise before the format is checked, so that full-width input is accepted."""
        self.user_id = normalize_user_id(self.user_id)
        super().clean_fields(exclude=exclude)  # type: ignore[arg-type]

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django has a class attribute here
        """Whether the account may be used."""
        return self.state == UserState.ACTIVE

    def as_actor(self) -> Actor:
        """The user as the audit log names them."""
        return Actor(ActorKind.USER, self.user_id, self.name, self.id)


class UserRole(TenantModel):
    """Which user has which role."""

    asset = Asset(
        data_class=gettext_noop("roles"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
        platform_rights=frozenset({"SELECT", "INSERT"}),
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="user_roles")
    role = TenantForeignKey(Role, on_delete=models.CASCADE, related_name="user_roles")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "user", "role"], name="accounts_userrole_once"),
        ]


class Session(TenantModel):
    """One browser in which somebody is logged in (A11). The cookie holds the secret, this row its hash.

    `method` is by what they have proved who they are: "password", "sso", "passkey", or two of them with a plus between
    ("password+totp"). `proved_at` is when they last did so by themselves, for risky actions; a log-in by an identity
    provider alone does not set it. While `awaiting_factor`, nobody is logged in yet: the second factor is missing (A5).
    """

    asset = Asset(
        data_class=gettext_noop("sessions"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(2, counted_from=Least("expires_at", "ended_at")),
        archived=False,
        left_out="a restored session would be a door that nobody opened",
        returned=False,
        app_rights=ALL_RIGHTS,
        platform_rights=frozenset({"SELECT", "DELETE"}),
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400)
    method = models.CharField(max_length=40, blank=True)
    proved_at = models.DateTimeField(null=True)
    awaiting_factor = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "token_hash"], name="accounts_session_token"),
        ]


class LinkPurpose(models.TextChoices):
    """What a one-time link is for."""

    INVITATION = "invitation", _("Invitation")
    RESET = "reset", _("Password reset")


class OneTimeLink(TenantModel):
    """A personal link that works once and for a short time (A7). Its hash is stored, never the link."""

    asset = Asset(
        data_class=gettext_noop("one-time links"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(30, counted_from="expires_at"),
        archived=False,
        left_out="a link that was used or withdrawn since would open again",
        returned=False,
        platform_rights=frozenset({"SELECT", "INSERT"}),
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=20, choices=LinkPurpose)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "token_hash"], name="accounts_link_token"),
        ]
