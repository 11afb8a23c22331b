"""Erasure of companies: planned, carried out so that it can be cut short anywhere, proven, and never undone (R1)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ErasureConfig(AppConfig):
    """Erasures and the proof of each; the ledger outside the database."""

    name = "retention.erasure"
    label = "erasure"
    verbose_name = _("Erasure of companies")

    def ready(self) -> None:
        """Load what registers itself."""
        from retention.erasure import actions, attention, checks, replaying, starting  # noqa: F401
