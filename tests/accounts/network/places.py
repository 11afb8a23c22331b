"""Places from which people come, and companies that let them in from some only."""

from django.test import Client

from accounts.network.entries import Entry, add_network, switch_restriction
from auditlog.actors import Actor
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.factories.people import Person

OFFICE, HOME = "203.0.113.5", "198.51.100.7"
OFFICE_NETWORK = "203.0.113.0/24"


def restrict(tenant: Tenant, *networks: str) -> None:
    """Let the company's people in from these networks only."""
    with tenant_transaction(tenant.id):
        for network in networks:
            add_network(Entry(network, f"Place {network}"), actor=Actor.command())
        switch_restriction(restricted=True, actor=Actor.command())


def browser_at(address: str, person: Person | None = None) -> Client:
    """A browser at that address, in which the person, if any, is logged in."""
    client = Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)
    if person is not None:
        client.cookies.update(person.client().cookies)
    return client
