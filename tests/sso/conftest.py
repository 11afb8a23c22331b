"""Two companies, each with its identity provider. Keys are made once; nothing leaves this machine."""

import socket
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import etree
from saml2.server import Server

from accounts.sso import addresses, keys, messages
from accounts.sso.models import Connection, Joining
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.sso.idp import IdentityProvider, KeyPair, new_pair
from tests.sso.signing import Change, assertion_of, encoded, sign


def free_base() -> str:
    """An address on this machine where nobody listens yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(scope="session")
def pairs() -> dict[str, KeyPair]:
    """Keys by name: two identity providers, their successors, an attacker, ourselves."""
    return {name: new_pair(name) for name in ("acme", "acme-next", "globex", "attacker", "ours")}


@pytest.fixture(autouse=True)
def ready_key(pairs: dict[str, KeyPair], monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own key is a real one, but not made anew for every test."""
    monkeypatch.setattr(keys, "new_key", lambda: pairs["ours"].key)


@pytest.fixture(scope="session")
def providers(pairs: dict[str, KeyPair], tmp_path_factory: pytest.TempPathFactory) -> dict[str, IdentityProvider]:
    """The identity providers of ACME and GLOBEX."""
    folder = tmp_path_factory.mktemp("idp")
    return {name: IdentityProvider(free_base(), pairs[name], folder / name) for name in ("acme", "globex")}


def make_connection(tenant: Tenant, provider: IdentityProvider, **fields: object) -> Connection:
    """A connection as the console would make it, with a name that stays the same for the whole run."""
    with tenant_transaction(tenant.id):
        connection = Connection(
            public_id=f"{tenant.company_code.lower()}-connection-of-tests",
            entity_id=provider.entity_id,
            sso_url=provider.sso_url,
            slo_url=provider.slo_url,
            certificates=[provider.pair.pem],
        )
        for name, value in ({"joining": Joining.INVITED} | fields).items():
            setattr(connection, name, value)
        keys.give_key(connection)
        connection.save(force_insert=True)
    return connection


@dataclass
class Asked:
    """What the identity provider was asked."""

    request_id: str
    relay_state: str
    force: bool


_servers: dict[str, Server] = {}


@dataclass
class Side:
    """One company: its connection, its identity provider, and what a browser does between them."""

    tenant: Tenant
    connection: Connection
    provider: IdentityProvider

    @cached_property
    def server(self) -> Server:
        """The identity provider, which trusts this connection."""
        name = addresses.entity_id(self.connection)
        if name not in _servers:
            _servers[name] = self.provider.serve(messages.own_metadata(self.connection))
        return _servers[name]

    def path(self, name: str) -> str:
        """One of our addresses, without the host."""
        return reverse(name, args=[addresses.public_name(self.connection)])

    def start(self, client: Client, **data: str) -> Asked:
        """Click on the start page."""
        response = client.post(self.path("sso_start"), data)
        assert response.status_code == 200, response.content
        return asked(response)  # type: ignore[arg-type]  # of the test client

    def response(
        self,
        asked: Asked,
        *,
        person: str = "alice@acme.example",
        change: Change | None = None,
        signed: str = "assertion",
        by: KeyPair | None = None,
        method: str = "sha256",
        late: Change | None = None,
    ) -> etree._Element:
        """A response of pysaml2, changed and then signed with our own pen, then changed once more."""
        provider = replace(self.provider, person=person)
        text = provider.answer(
            self.server, asked.request_id, addresses.acs_url(self.connection),
            addresses.entity_id(self.connection), sign="none",
        )  # fmt: skip
        root = etree.fromstring(text.encode())
        if change:
            change(root)
        if signed in {"assertion", "both"}:
            sign(assertion_of(root), by or self.provider.pair, method=method)
        if signed in {"response", "both"}:
            sign(root, by or self.provider.pair, method=method)
        if late:
            late(root)
        return root

    def post(self, client: Client, response: etree._Element | bytes, asked: Asked) -> HttpResponse:
        """Bring the answer back."""
        data = {"SAMLResponse": encoded(response), "RelayState": asked.relay_state}
        return client.post(self.path("sso_acs"), data)  # type: ignore[return-value]


def asked(response: HttpResponse) -> Asked:
    """What the page sends to the identity provider."""
    url = response.context["url"]  # type: ignore[attr-defined]  # of the test client
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    from saml2.s_utils import decode_base64_and_inflate

    request = etree.fromstring(decode_base64_and_inflate(query["SAMLRequest"]))
    return Asked(request.get("ID", ""), query["RelayState"], request.get("ForceAuthn") == "true")


@pytest.fixture
def acme_side(acme: Tenant, providers: dict[str, IdentityProvider]) -> Side:
    """ACME with its identity provider."""
    return Side(acme, make_connection(acme, providers["acme"]), providers["acme"])


@pytest.fixture
def globex_side(globex: Tenant, providers: dict[str, IdentityProvider]) -> Side:
    """GLOBEX with its identity provider."""
    return Side(globex, make_connection(globex, providers["globex"]), providers["globex"])


@pytest.fixture
def idp_folder(tmp_path: Path) -> Path:
    """A place for one more identity provider."""
    return tmp_path / "idp"
