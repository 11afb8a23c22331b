"""To whom a company's invoices go (T5, T6)."""

from dataclasses import dataclass
from uuid import UUID

from accounts.queries import active_holders_of
from tenants.contract.models import Organisation
from tenants.contract.queries import organisation_of, organisation_record
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

_MENU = "console.contract"
_JAPAN = "JP"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told of invoices."""

    name: str
    email: str
    language: str


def recipient_of(tenant: Tenant) -> dict[str, str]:
    """The recipient as an invoice keeps it: organisation, address and billing contact; as the platform role."""
    organisation = organisation_of(tenant)
    return {
        "name": organisation.name,
        "country": organisation.country,
        "postal_code": organisation.postal_code,
        "address": organisation.address,
        "department": organisation.billing_department,
        "contact": organisation.billing_name,
    }


def readers_of(tenant: Tenant) -> list[Reader]:
    """The billing contact; without one, everybody who may see the contract."""
    organisation = organisation_record(tenant)
    if organisation.billing_email:
        return [Reader(organisation.billing_name, organisation.billing_email, _language_of(organisation))]
    return _contract_people(tenant.id)


def _contract_people(tenant_id: UUID) -> list[Reader]:
    with tenant_transaction(tenant_id):
        return [Reader(user.name, user.email, user.language or "ja") for user in active_holders_of(_MENU)]


def _language_of(organisation: Organisation) -> str:
    """The contact has no account, and so no language of their own."""
    return "ja" if organisation.country == _JAPAN else "en"
