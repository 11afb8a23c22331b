"""Watching the audit log for unusual behaviour, and telling those whom it concerns (G9)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchingConfig(AppConfig):
    """Rules, findings and the daily digest."""

    name = "auditlog.watching"
    label = "watching"
    verbose_name = _("Unusual behaviour")

    def ready(self) -> None:
        """Load the rules, which register themselves."""
        from auditlog.watching import rules  # noqa: F401
