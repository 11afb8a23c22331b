"""How the provider handles incidents."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from incidents.models.declared import WRITTEN, of_provider
from tenants.isolation.assets import Asset, Erasure, Retention
from tenants.isolation.models import new_id


class IncidentSettings(models.Model):
    """How the provider handles incidents: one row. Without one, the defaults hold."""

    asset: ClassVar[Asset] = of_provider(
        gettext_noop("settings for incidents"),
        retention=Retention.while_in_use(),
        erasure=Erasure.KEEP,
        platform_rights=WRITTEN,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    publish_by_clock = models.BooleanField(_("Publish a neutral first notice when nobody does"), default=False)
    minutes_before = models.PositiveSmallIntegerField(_("Minutes before the deadline"), default=10)

    class Meta:
        verbose_name = _("settings for incidents")
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="incidents_settings_only")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
