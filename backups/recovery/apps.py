"""Bringing data back: the journal of restores, restore in place, the catalogue, the whole service (B5, B6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecoveryConfig(AppConfig):
    """The journal; the check of what is rolled back."""

    name = "backups.recovery"
    label = "recovery"
    verbose_name = _("Recovery")

    def ready(self) -> None:
        """Load what registers itself."""
        from backups.recovery import actions, checks  # noqa: F401
