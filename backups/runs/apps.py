"""Runs of all companies (B1)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RunsConfig(AppConfig):
    """Runs and archives of the platform."""

    name = "backups.runs"
    label = "backup_runs"
    verbose_name = _("Backup runs")

    def ready(self) -> None:
        """Load what registers itself."""
        from backups.runs import actions  # noqa: F401
