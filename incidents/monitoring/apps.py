"""Whether the service works (N8, N9)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    """Probes from inside and from elsewhere, and what they saw."""

    name = "incidents.monitoring"
    label = "monitoring"
    verbose_name = _("Monitoring")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.monitoring import actions  # noqa: F401
