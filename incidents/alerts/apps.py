"""Measures, thresholds and alerts (N9, P4)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    """Measures are registered here and by the apps above; a task reads all of them every minute."""

    name = "incidents.alerts"
    label = "alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.alerts import actions, attention, watches  # noqa: F401
        from incidents.alerts.measures import audit, machines, probes, queues, requests  # noqa: F401
