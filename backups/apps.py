"""Backups: tenant archives, their generations, verification, restore (B1-B6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    """Registers the audit actions and the check of what is archived."""

    name = "backups"
    verbose_name = _("Backups")

    def ready(self) -> None:
        """Load what registers itself."""
        from backups import actions, checks  # noqa: F401
        from backups.custody import actions as custody_actions  # noqa: F401
