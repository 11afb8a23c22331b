"""Destruction of a company's keys by two people: how erasure reaches every copy and every backup (R1, P5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DestructionConfig(AppConfig):
    """Requests, their confirmation, what was destroyed."""

    name = "backups.destruction"
    label = "destruction"
    verbose_name = _("Destruction of keys")

    def ready(self) -> None:
        """Load what registers itself."""
        from backups.destruction import actions, attention  # noqa: F401
