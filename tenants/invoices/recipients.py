"""To whom a company's invoices go (T5, T6)."""

from dataclasses import dataclass
from uuid import UUID

from accounts.queries import active_holders_of
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

_MENU = "console.contract"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told of invoices."""

    name: str
    email: str
    language: str


def recipient_of(tenant: Tenant) -> dict[str, str]:
    """The recipient as an invoice keeps it: organisation, address and billing contact."""
    return {"name": tenant.name}


def readers_of(tenant_id: UUID) -> list[Reader]:
    """The billing contact; without one, everybody who may see the contract."""
    with tenant_transaction(tenant_id):
        return [Reader(user.name, user.email, user.language or "ja") for user in active_holders_of(_MENU)]
