"""The way in by the company's own identity provider (A5)."""

import pytest
from django.test import Client

from accounts.sso.joining import link
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.sso.conftest import Side

pytestmark = [pytest.mark.django_db, pytest.mark.system("xmlsec1")]

ALICE = "alice@acme.example"


@pytest.fixture
def linked(cast: Cast, acme_side: Side) -> Cast:
    """Alice is linked to her name at the identity provider."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
    return cast


@pytest.mark.parametrize("signed", ["response", "assertion", "both"])
def test_pysaml2_lets_a_linked_person_in(linked: Cast, acme_side: Side, client: Client, signed: str) -> None:
    """A response that pysaml2 wrote and signed opens a session of the linked account (A5, ASVS 16.3.1)."""
    asked = acme_side.start(client)
    connection = acme_side.connection
    from accounts.sso import addresses

    text = acme_side.provider.answer(
        acme_side.server, asked.request_id, addresses.acs_url(connection), addresses.entity_id(connection), sign=signed
    )
    response = acme_side.post(client, text.encode(), asked)
    assert (response.status_code, response["Location"]) == (302, "/"), response.content.decode()
    assert b"Alice" in client.get("/").content
    with tenant_transaction(acme_side.tenant.id):
        event = AuditEvent.objects.get(action="accounts.login.succeeded")
        assert (event.actor_user_id, event.after) == ("alice", {"method": "sso"})
