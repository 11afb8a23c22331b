"""Setting single sign-on up in the console (A6)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.menus import ADMINISTRATOR, READER
from accounts.sso import queries
from accounts.sso.idpmetadata import read_metadata
from accounts.sso.models import Connection, ExternalIdentity, PendingRequest
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.factories.people import built_in_role
from tests.sso.conftest import Side
from tests.sso.conftest import asked as asked_by
from tests.sso.idp import IdentityProvider, KeyPair

pytestmark = [pytest.mark.django_db, pytest.mark.system("xmlsec1")]


def changes(cast: Cast) -> list[dict[str, object]]:
    with tenant_transaction(cast.admin.tenant.id):
        events = AuditEvent.objects.filter(action="accounts.sso.changed").order_by("at", "id")
        return [event.after or {} for event in events]


def test_from_nothing_to_a_pinned_provider(cast: Cast, providers: dict[str, IdentityProvider]) -> None:
    """Begin, upload the metadata, see entity id and certificate; each change is on record (A6, ASVS 6.7.1)."""
    client = cast.admin.client()
    assert b"Begin" in client.get("/console/sso/").content
    client.post("/console/sso/prepare/")
    client.post("/console/sso/prepare/")  # twice is once
    file = SimpleUploadedFile("idp.xml", providers["acme"].metadata().encode())
    assert client.post("/console/sso/provider/", {"file": file}).status_code == 302
    page = client.get("/console/sso/").content.decode()
    assert providers["acme"].entity_id in page
    assert "SHA-256" in page
    with tenant_transaction(cast.admin.tenant.id):
        connection = Connection.objects.get()
        assert (connection.ready, connection.slo_url) == (True, providers["acme"].slo_url)
    assert changes(cast)[0]["entity_id"] == providers["acme"].entity_id


def federation(providers: dict[str, IdentityProvider]) -> str:
    bodies = "".join(provider.metadata().partition("?>")[2] or provider.metadata() for provider in providers.values())
    return f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{bodies}</md:EntitiesDescriptor>'


def test_metadata_that_are_refused(acme_side: Side, cast: Cast, providers: dict[str, IdentityProvider]) -> None:
    """Two entities, a DOCTYPE, noise, no key, too much: nothing is pinned, and the page says what is wrong."""
    good = acme_side.provider.metadata()
    rows = {
        federation(providers): "exactly one",
        '<!DOCTYPE x [<!ENTITY a "b">]>' + good.partition("?>")[2]: "no plain XML",
        "not xml": "no plain XML",
        good.replace("X509Certificate", "X509Nothing"): "no certificate",
        good + "<!-- " + "x" * 300_000 + " -->": "larger",
        good.replace(acme_side.provider.sso_url, "javascript:alert(1)"): "https",
    }
    client = cast.admin.client()
    for text, complaint in rows.items():
        response = client.post("/console/sso/provider/", {"text": text})
        assert response.status_code == 200, complaint
        assert complaint in response.content.decode(), complaint
    assert changes(cast) == []


def test_a_key_without_use(acme_side: Side) -> None:
    """A key without `use` signs (Keycloak CVE-2026-16443): it is pinned and demanded like any other."""
    text = acme_side.provider.metadata().replace(' use="signing"', "").replace(' use="encryption"', "")
    assert [each.pem for each in read_metadata(text.encode()).certificates] == [acme_side.provider.pair.pem]


def test_rollover(acme_side: Side, cast: Cast, pairs: dict[str, KeyPair]) -> None:
    """A second certificate is added beside the first and keeps the test; a third one is refused; the old one goes."""
    client = cast.admin.client()
    with tenant_transaction(acme_side.tenant.id):
        Connection.objects.update(tested_at=timezone.now())
    assert client.post("/console/sso/certificates/", {"certificate": pairs["acme-next"].pem}).status_code == 302
    assert client.post("/console/sso/certificates/", {"certificate": pairs["attacker"].pem}).status_code == 200
    page = client.get("/console/sso/").context
    assert page is not None
    old = page["certificates"][0]
    client.post("/console/sso/certificates/remove/", {"fingerprint": old.fingerprint})
    with tenant_transaction(acme_side.tenant.id):
        connection = Connection.objects.get()
        assert (connection.certificates, connection.tested_at is None) == ([pairs["acme-next"].pem], False)


def test_another_provider_needs_another_test(
    acme_side: Side, cast: Cast, providers: dict[str, IdentityProvider]
) -> None:
    """Pinning somebody else ends the requirement until a test has worked."""
    with tenant_transaction(acme_side.tenant.id):
        Connection.objects.update(tested_at=timezone.now(), enforced=True)
    cast.admin.client().post("/console/sso/provider/", {"text": providers["globex"].metadata()})
    with tenant_transaction(acme_side.tenant.id):
        connection = Connection.objects.get()
        assert (connection.enforced, connection.tested_at) == (False, None)


def test_a_test_log_in(acme_side: Side, cast: Cast) -> None:
    """A test shows what came in, logs nobody in, and opens the way to requiring it."""
    client = cast.admin.client()
    question = asked_by(client.post("/console/sso/test/"))  # type: ignore[arg-type]
    cookie = client.cookies["sekisho"].value
    response = acme_side.post(client, acme_side.response(question), question)
    page = client.get(response["Location"]).content.decode()
    assert "alice@acme.example" in page
    assert client.cookies["sekisho"].value == cookie
    with tenant_transaction(acme_side.tenant.id):
        assert Connection.objects.get().tested_at
    assert Client().get(response["Location"]).status_code == 302
    assert cast.outsider.client().get(response["Location"]).status_code == 404


def test_a_failed_test_is_explained(acme_side: Side, cast: Cast, pairs: dict[str, KeyPair]) -> None:
    """What went wrong is on the page in words, and among the refused log-ins of the set-up page."""
    client = cast.admin.client()
    question = asked_by(client.post("/console/sso/test/"))  # type: ignore[arg-type]
    response = acme_side.post(client, acme_side.response(question, by=pairs["attacker"]), question)
    assert "upload its metadata again" in client.get(response["Location"]).content.decode()
    assert "upload its metadata again" in client.get("/console/sso/").content.decode()
    with tenant_transaction(acme_side.tenant.id):
        assert Connection.objects.get().tested_at is None


def test_joining_and_requiring(acme_side: Side, cast: Cast) -> None:
    """Automatic joining wants a role without administration; requiring and giving up requiring are on record."""
    client, tenant = cast.admin.client(), acme_side.tenant
    for role, status in ((built_in_role(tenant, ADMINISTRATOR), 200), (built_in_role(tenant, READER), 302)):
        data = {"joining": "automatic", "default_role": str(role.id), "email_attribute": "mail"}
        assert client.post("/console/sso/joining/", data).status_code == status
    assert client.post("/console/sso/require/", {"break_glass": str(cast.admin.user.id)}).status_code == 200
    with tenant_transaction(tenant.id):
        Connection.objects.update(tested_at=timezone.now())
    assert client.post("/console/sso/require/", {"break_glass": str(cast.admin.user.id)}).status_code == 302
    assert client.post("/console/sso/allow-passwords/").status_code == 302
    assert [event.get("enforced") for event in changes(cast)] == [None, True, False]


def test_people(acme_side: Side, cast: Cast) -> None:
    """An administrator links and unlinks somebody; a NameID is one user's only."""
    client = cast.admin.client()
    data = {"user": str(cast.editor.user.id), "name_id": "erin@idp"}
    assert client.post("/console/sso/people/", data).status_code == 302
    assert client.post("/console/sso/people/", data | {"user": str(cast.reader.user.id)}).status_code == 200
    with tenant_transaction(acme_side.tenant.id):
        key = ExternalIdentity.objects.get().id
    assert cast.outsider.client().post(f"/console/sso/people/{key}/unlink/").status_code == 404
    assert client.post(f"/console/sso/people/{key}/unlink/").status_code == 302
    with tenant_transaction(acme_side.tenant.id):
        assert not queries.identities().exists()


def test_only_administrators(acme_side: Side, cast: Cast) -> None:
    """The pages are behind their menu; GLOBEX's administrator sees and changes nothing of ACME (A9, T1)."""
    for page in ("", "people/", "require/"):
        assert cast.reader.client().get(f"/console/sso/{page}").status_code == 403
    assert b"Begin" in cast.outsider.client().get("/console/sso/").content
    assert cast.outsider.client().post("/console/sso/test/").status_code == 404
    with tenant_transaction(acme_side.tenant.id):
        assert not PendingRequest.objects.exists()
