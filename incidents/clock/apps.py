"""The promise clock (N1, N2, N4, N6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClockConfig(AppConfig):
    """Editions of the calendar, deadlines, and their escalation."""

    name = "incidents.clock"
    label = "clock"
    verbose_name = _("Promise clock")

    def ready(self) -> None:
        """Load what registers itself, and give everybody the calendar in force."""
        from config.business_hours import register_calendar
        from incidents.clock import actions, attention  # noqa: F401
        from incidents.clock.editions import calendar_in_force

        register_calendar(calendar_in_force)
