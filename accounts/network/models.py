"""From which addresses a company lets its people in (A4)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.network.fields import CidrField
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.models import TenantModel

MOST_NETWORKS = 200


class AllowedNetwork(TenantModel):
    """One entry of the list: an office, a VPN, a home."""

    asset = Asset(
        data_class=gettext_noop("allowed networks"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
    )

    name = models.CharField(_("name"), max_length=60)
    cidr = CidrField(_("network"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["cidr"]
        verbose_name = _("allowed network")
        verbose_name_plural = _("allowed networks")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "cidr"], name="network_allowednetwork_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.cidr})"


class NetworkPolicy(TenantModel):
    """Whether the list is enforced, and until when the provider has opened it to everybody. No row: not enforced."""

    asset = Asset(
        data_class=gettext_noop("allowed networks"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
        platform_rights=frozenset({"SELECT"}),
    )

    restricted = models.BooleanField(default=False)
    open_until = models.DateTimeField(null=True)
    opened_for = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("restriction of IP addresses")
        verbose_name_plural = _("restrictions of IP addresses")
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="network_networkpolicy_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def is_open(self) -> bool:
        """Whether an emergency opening is under way; it ends by itself."""
        return self.open_until is not None and self.open_until > timezone.now()
