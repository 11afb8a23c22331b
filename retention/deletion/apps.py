"""Deletion of a whole company by the provider, without a cancellation: two people, typed code, dry run (T3)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeletionConfig(AppConfig):
    """Requests and their confirmation."""

    name = "retention.deletion"
    label = "deletion"
    verbose_name = _("Deletion of companies")

    def ready(self) -> None:
        """Load what registers itself."""
        from retention.deletion import actions, attention  # noqa: F401
