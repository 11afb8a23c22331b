"""Planned maintenance, announced at least five business days before (N6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MaintenanceConfig(AppConfig):
    """What is planned, what was announced and when, and how it really went."""

    name = "incidents.maintenance"
    label = "maintenance"
    verbose_name = _("Maintenance")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.maintenance import actions  # noqa: F401
