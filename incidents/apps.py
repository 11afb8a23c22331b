"""What goes wrong, who is told of it and by when, and how it is known (N1-N9)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Incidents and their menus; each area below is an app of its own."""

    name = "incidents"
    label = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents import actions, attention  # noqa: F401
