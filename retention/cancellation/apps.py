"""Leaving: from the cancellation of a contract over the last day of use to the erasure (T4, R1, R2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CancellationConfig(AppConfig):
    """Cancellations, with their dates, pages and mails."""

    name = "retention.cancellation"
    label = "cancellation"
    verbose_name = _("Cancellation")

    def ready(self) -> None:
        """Load what registers itself."""
        from retention.cancellation import actions, queries  # noqa: F401
        from tenants.invoices.terms import register_last_days

        register_last_days(queries.last_days)
