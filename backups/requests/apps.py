"""What a company does with its generations: bringing deleted files back, and asking for a restore (B6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    """Requests, their jobs and their pages."""

    name = "backups.requests"
    label = "restore_requests"
    verbose_name = _("Restores")

    def ready(self) -> None:
        """Load what registers itself, and let a worker say whether it restores."""
        from backups.requests import actions, attention, restorer  # noqa: F401
