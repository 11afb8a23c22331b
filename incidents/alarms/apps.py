"""Alarms to operators (N9)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlarmsConfig(AppConfig):
    """What operators have to be told, who was told, and the chats in which they read."""

    name = "incidents.alarms"
    label = "alarms"
    verbose_name = _("Alarms")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.alarms import actions  # noqa: F401
