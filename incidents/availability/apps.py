"""How much of the time the service could be used (N8)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AvailabilityConfig(AppConfig):
    """Availability by component and month, kept as evidence once a month is over."""

    name = "incidents.availability"
    label = "availability"
    verbose_name = _("Availability")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.availability import actions  # noqa: F401
