"""Filters of the audit log that somebody keeps under a name (G2)."""

from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

NAME_LENGTH = 60


class SavedFilter(TenantModel):
    """The query string of `auditlog.filters.EventFilter`, as names and values, with its owner, who alone changes it.

    It is kept as it was asked for, also when a later release knows a name no more: the page then says what it leaves
    out. Goes with its owner's account.
    """

    asset = Asset(
        data_class=gettext_noop("saved filters"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
    )

    owner = TenantForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    owner_name = models.CharField(_("owner"), max_length=150)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    conditions = models.JSONField(_("conditions"))
    shared = models.BooleanField(_("shown to everybody who may read the audit log"), default=False)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta(TenantModel.Meta):
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "owner", "name"], name="viewing_filter_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> str:
        """The query string."""
        return urlencode(self.conditions)
