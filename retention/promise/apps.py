"""The promise that everything of a company is gone within 30 days of its last day of use (R1)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromiseConfig(AppConfig):
    """Arithmetic, dates, the one thing that operators set, and the refusal to start with what cannot be kept."""

    name = "retention.promise"
    label = "promise"
    verbose_name = _("Promise of erasure")

    def ready(self) -> None:
        """Load what registers itself."""
        from retention.promise import actions, checks, starting  # noqa: F401
