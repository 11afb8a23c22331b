"""Invoices of each company, monthly, in a ledger of its own (T6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    """Prices, the issuer, invoices and credit notes."""

    name = "tenants.invoices"
    label = "invoices"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        """Load what registers itself."""
        from tenants.invoices import actions  # noqa: F401
