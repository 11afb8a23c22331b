"""The public half of each passkey, and the challenges that have done their work (A5)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from tenants.isolation.assets import READ_ONLY, Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel


class Passkey(TenantModel):
    """One passkey of a user. The secret half never leaves the user's device.

    `handle` is what the device keeps as the name of the account (`relying_party.handle_of`). It stays as it was when
    the passkey was made: in a copy of a company it names the original, so that it never opens the copy alone.
    `sign_count` is the device's own counter of uses, 0 where it has none.
    """

    asset = Asset(
        data_class=gettext_noop("passkeys"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=False,
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name"), max_length=60)
    credential_id = models.BinaryField(max_length=1023)
    public_key = models.BinaryField()
    handle = models.BinaryField(max_length=64)
    sign_count = models.BigIntegerField(default=0)
    transports = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    aaguid = models.UUIDField()
    backup_eligible = models.BooleanField()
    backed_up = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "credential_id"], name="passkeys_passkey_credential"),
        ]

    def __str__(self) -> str:
        return self.name


class UsedChallenge(TenantModel):
    """A challenge that was answered, rightly or not; it is refused until it would be too old anyway (ASVS 6.7.2)."""

    asset = Asset(
        data_class=gettext_noop("log-in requests"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(2, counted_from="expires_at"),
        archived=False,
        left_out="challenges of some minutes",
        returned=False,
        platform_rights=READ_ONLY,
    )

    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id", "digest"], name="passkeys_challenge_once")]
