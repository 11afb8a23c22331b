"""The sites of backups, their copies and their proofs (B3, T8)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """Copies at the second site, checks of stores."""

    name = "backups.sites"
    label = "backup_sites"
    verbose_name = _("Sites of backups")

    def ready(self) -> None:
        """Load what registers itself."""
        from backups.sites import actions, checks  # noqa: F401
