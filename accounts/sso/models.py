"""What single sign-on stores of a company: its identity provider, open requests, used assertions, who is who (A6)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Role, Session, User
from tenants.isolation.assets import ALL_RIGHTS, READ_ONLY, Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

# `Session.method` of somebody whose identity provider says that it has asked for two factors.
SSO_TWO_FACTORS = "sso+idp"


def _passing(counted_from: str | Combinable, platform_rights: frozenset[str] = READ_ONLY) -> Asset:
    """What is over within hours; it stays for two days more, for whoever has to look into a log-in that went wrong."""
    return Asset(
        data_class=gettext_noop("log-in requests"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(2, counted_from=counted_from),
        archived=False,
        left_out="log-ins under way and sessions",
        returned=False,
        app_rights=ALL_RIGHTS,
        platform_rights=platform_rights,
    )


KEY_PURPOSE = "sso.sp-key"


class Joining(models.TextChoices):
    """Who is let in that the identity provider vouches for, but whom we do not know by its name yet."""

    OFF = "off", _("Nobody: only users who are linked already")
    INVITED = "invited", _("Invited users whose user ID is the same")
    AUTOMATIC = "automatic", _("Everybody: new users are registered with the chosen role")


def usual_factor_contexts() -> list[str]:
    """Methods that mean two factors wherever they are said: those of REFEDS, Microsoft, and SAML 2.0 itself."""
    return [
        "https://refeds.org/profile/mfa",
        "http://schemas.microsoft.com/claims/multipleauthn",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
    ]


class Connection(TenantModel):
    """A company's identity provider, pinned: one entity id and its certificates. One a tenant, for now.

    `public_id` is the opaque part of our addresses. `tested_at` is when a log-in last worked with these very values.
    """

    asset = Asset(
        data_class=gettext_noop("single sign-on settings"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
        sealed=(("sp_key_sealed", KEY_PURPOSE),),
    )

    public_id = models.CharField(max_length=64, editable=False)
    entity_id = models.CharField(_("entity ID"), max_length=1024, blank=True)
    sso_url = models.CharField(_("log-in address"), max_length=2000, blank=True)
    slo_url = models.CharField(_("log-out address"), max_length=2000, blank=True)
    certificates = ArrayField(models.TextField(), default=list, verbose_name=_("certificates"))
    refuse_expired = models.BooleanField(_("refuse expired certificates"), default=False)
    user_id_attribute = models.CharField(max_length=200, blank=True)
    name_attribute = models.CharField(max_length=200, blank=True)
    email_attribute = models.CharField(max_length=200, blank=True)
    joining = models.CharField(max_length=10, choices=Joining, default=Joining.OFF)
    default_role = TenantForeignKey(Role, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    factor_contexts = ArrayField(
        models.CharField(max_length=400),
        default=usual_factor_contexts,
        blank=True,
        verbose_name=_("methods with two factors"),
    )
    enforced = models.BooleanField(default=False)
    break_glass = TenantForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    sp_key_sealed = models.BinaryField()
    sp_certificate = models.TextField()
    tested_at = models.DateTimeField(null=True)
    expiry_notices = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        verbose_name = _("single sign-on")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "public_id"], name="sso_connection_public_id"),
        ]

    def __str__(self) -> str:
        return self.entity_id or str(_("Single sign-on"))

    @property
    def ready(self) -> bool:
        """Whether an identity provider is pinned, so that somebody can log in by it."""
        return bool(self.entity_id and self.sso_url and self.certificates)


class Purpose(models.TextChoices):
    """Why somebody was sent to the identity provider."""

    LOGIN = "login", _("Log-in")
    TEST = "test", _("Test")
    LINK = "link", _("Link")
    LOGOUT = "logout", _("Log-out")
    CONFIRM = "confirm", _("Confirmation")


class PendingRequest(TenantModel):
    """One browser on its way to the identity provider and back. The row holds hashes; the browser holds the nonce."""

    asset = _passing("expires_at")

    connection = TenantForeignKey(Connection, on_delete=models.CASCADE, related_name="requests")
    purpose = models.CharField(max_length=8, choices=Purpose)
    request_id = models.CharField(max_length=80)
    relay_hash = models.CharField(max_length=64)
    nonce_hash = models.CharField(max_length=64)
    next_path = models.CharField(max_length=2000, blank=True)
    user = TenantForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    fresh = models.BooleanField(default=False)
    name_id = models.JSONField(null=True)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "relay_hash"], name="sso_pending_relay"),
        ]


class UsedAssertion(TenantModel):
    """An assertion or log-out request that has done its work; it is refused until it would be too old anyway."""

    asset = _passing("expires_at")

    assertion_id = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "assertion_id"], name="sso_assertion_once"),
        ]


class ExternalIdentity(TenantModel):
    """Who a user is at the identity provider. The name counts together with the provider that gave it."""

    asset = Asset(
        data_class=gettext_noop("users"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    entity_id = models.CharField(max_length=1024)
    name_id = models.CharField(_("name at the identity provider"), max_length=256)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "entity_id", "name_id"], name="sso_identity_name"),
            models.UniqueConstraint(fields=["tenant_id", "user", "entity_id"], name="sso_identity_user"),
        ]

    def __str__(self) -> str:
        return self.name_id


class SsoSession(TenantModel):
    """What the identity provider calls a session of ours: it alone may end it, and only by these names."""

    asset = _passing(Least("session__expires_at", "session__ended_at"), frozenset({"SELECT", "DELETE"}))

    session = TenantForeignKey(Session, on_delete=models.CASCADE, related_name="sso")
    identity = TenantForeignKey(ExternalIdentity, on_delete=models.CASCADE, related_name="sessions")
    name_id = models.JSONField()
    session_index = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
