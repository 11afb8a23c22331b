"""The watch over backups (B5): what is wrong is noticed every hour and told once."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupWatchConfig(AppConfig):
    """Problems, and the series of moments to which companies could have been restored."""

    name = "backups.watch"
    label = "backup_watch"
    verbose_name = _("Watch over backups")

    def ready(self) -> None:
        """Load what registers itself."""
        from backups.watch import actions, measures  # noqa: F401
