"""Single log-out that nobody can abuse (A6, ASVS 7.4.1)."""

from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from django.test import Client
from saml2 import BINDING_HTTP_REDIRECT

from accounts.models import Session
from accounts.sso import addresses, keys, messages
from accounts.sso.joining import link
from accounts.sso.models import Connection
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.sso.conftest import Side
from tests.sso.idp import KeyPair

pytestmark = [pytest.mark.django_db, pytest.mark.system("xmlsec1")]

ALICE = "alice@acme.example"


@pytest.fixture
def index(cast: Cast, acme_side: Side, client: Client) -> str:
    """Alice is logged in by single sign-on; what her provider calls the session."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
    asked = acme_side.start(client)
    response = acme_side.response(asked)
    assert acme_side.post(client, response, asked).status_code == 302
    statement = response.find(".//{urn:oasis:names:tc:SAML:2.0:assertion}AuthnStatement")
    assert statement is not None
    return str(statement.get("SessionIndex"))


def request_of(
    side: Side, pair: KeyPair, monkeypatch: pytest.MonkeyPatch, *, name: str, index: str, **changes: str
) -> str:
    """A log-out request as the provider sends it, signed by that key."""
    own = side.connection
    there = Connection(slo_url=changes.get("destination", addresses.slo_url(own)), tenant_id=own.tenant_id)
    text = messages.logout_request(own, messages.new_message_id(), {"value": name}, index)
    issuer = changes.get("issuer", side.provider.entity_id)
    text = text.replace(addresses.entity_id(own), issuer).replace(own.slo_url, there.slo_url)
    with monkeypatch.context() as patched:
        patched.setattr(keys, "sign", lambda _own, data: pair.key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
        url = messages.redirect_url(own, there.slo_url, "SAMLRequest", text)
    return urlsplit(url).query


def is_in(side: Side) -> bool:
    with tenant_transaction(side.tenant.id):
        return Session.objects.filter(ended_at=None).exists()


def test_leaving_here_and_there(acme_side: Side, client: Client, index: str) -> None:
    """Our session ends at once; the page then offers a signed request that the provider accepts."""
    response = client.post("/logout/")
    assert not is_in(acme_side)
    page = client.get(response["Location"])
    query = {name: values[0] for name, values in parse_qs(urlsplit(page.context["url"]).query).items()}
    request = acme_side.server.parse_logout_request(
        query["SAMLRequest"], BINDING_HTTP_REDIRECT, sigalg=query["SigAlg"], signature=query["Signature"]
    )
    assert (request.message.name_id.text, request.message.session_index[0].text) == (ALICE, index)
    assert Client().get(response["Location"]).status_code == 302


def test_the_provider_ends_its_own_session(
    acme_side: Side, client: Client, index: str, pairs: dict[str, KeyPair], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signed request with the right name and index ends that session, once, and is answered."""
    query = request_of(acme_side, pairs["acme"], monkeypatch, name=ALICE, index=index)
    answer = Client().get(f"{acme_side.path('sso_slo')}?{query}")
    assert answer.status_code == 302
    assert answer["Location"].startswith(acme_side.provider.slo_url + "?SAMLResponse=")
    assert not is_in(acme_side)
    assert Client().get(f"{acme_side.path('sso_slo')}?{query}").status_code == 403
    with tenant_transaction(acme_side.tenant.id):
        assert AuditEvent.objects.filter(action="accounts.sso.logged_out").count() == 1


ABUSES: dict[str, dict[str, str]] = {
    "another key": {"key": "attacker"},
    "the other company's key": {"key": "globex"},
    "another name": {"name": "rob@acme.example"},
    "another session": {"index": "_other"},
    "no session": {"index": ""},
    "another issuer": {"issuer": "https://evil.example/"},
    "another destination": {"destination": "https://evil.example/"},
}


@pytest.mark.parametrize("abuse", ABUSES)
def test_nothing_happens_otherwise(
    acme_side: Side,
    client: Client,
    index: str,
    pairs: dict[str, KeyPair],
    monkeypatch: pytest.MonkeyPatch,
    abuse: str,
) -> None:
    """A request with one wrong detail ends no session, whoever's browser brings it."""
    details = {"key": "acme", "name": ALICE, "index": index, **ABUSES[abuse]}
    query = request_of(acme_side, pairs[details.pop("key")], monkeypatch, **details)
    for browser in (client, Client()):
        assert browser.get(f"{acme_side.path('sso_slo')}?{query}").status_code == 403
    assert is_in(acme_side)


@pytest.mark.parametrize("query", ["SAMLRequest=x", "SAMLRequest=&SigAlg=&Signature=", "SAMLResponse=x", ""])
def test_unsigned_words(acme_side: Side, client: Client, index: str, query: str) -> None:
    """Anything unsigned, answers included, changes nothing."""
    assert client.get(f"{acme_side.path('sso_slo')}?{query}").status_code in {302, 403}
    assert is_in(acme_side)
