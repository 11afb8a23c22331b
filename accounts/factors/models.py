"""What is stored of the second factor: authenticator apps, recovery codes, and who has to begin anew (A5)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

SEED_PURPOSE = "mfa.totp {row.user_id}"


class TotpDevice(TenantModel):
    """An authenticator app. It counts from the start: a row is made when the first code was right.

    `last_step` is the time step of the newest code that was used, so that none works twice (ASVS 6.5.1).
    """

    asset = Asset(
        data_class=gettext_noop("second factors"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=False,
        sealed=(("seed_sealed", SEED_PURPOSE),),
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="totp_devices")
    seed_sealed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id", "user"], name="factors_totpdevice_once")]


class RecoveryCode(TenantModel):
    """The hash of a code that stands in for a lost factor, once."""

    asset = Asset(
        data_class=gettext_noop("second factors"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=False,
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "user", "code_hash"], name="factors_recoverycode_once")
        ]


class EnrolmentDemand(TenantModel):
    """Somebody whose factors were reset has to set up new ones before anything else, whatever the policy says."""

    asset = Asset(
        data_class=gettext_noop("second factors"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=False,
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="enrolment_demands")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id", "user"], name="factors_enrolmentdemand_once")]
