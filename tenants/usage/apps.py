"""Usage figures for capacity management (T9)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsageConfig(AppConfig):
    """What is counted each hour and summed up by day."""

    name = "tenants.usage"
    label = "usage"
    verbose_name = _("Usage")
