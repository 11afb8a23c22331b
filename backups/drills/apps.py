"""Restore drills, their evidence and their pages (B5, B6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DrillsConfig(AppConfig):
    """Registers the audit actions."""

    name = "backups.drills"
    label = "drills"
    verbose_name = _("Restore drills")

    def ready(self) -> None:
        """Load what registers itself."""
        from backups.drills import actions  # noqa: F401
