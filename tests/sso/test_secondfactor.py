"""Which log-ins by the identity provider count as two factors (A5, A6; ASVS 6.8.4)."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from lxml import etree

from accounts.models import Session
from accounts.policy.models import FactorRule
from accounts.policy.services import change_policy
from accounts.sso import connections
from accounts.sso.joining import link
from accounts.sso.models import usual_factor_contexts
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.factories.people import give_app
from tests.sso.conftest import Side
from tests.sso.signing import Change, find

pytestmark = [pytest.mark.django_db, pytest.mark.system("xmlsec1")]

ALICE = "alice@acme.example"
REFEDS, ENTRA = "https://refeds.org/profile/mfa", "http://schemas.microsoft.com/claims/multipleauthn"


@pytest.fixture
def linked(cast: Cast, acme_side: Side) -> Cast:
    """Alice is linked to her name at the identity provider."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
    return cast


def saying(context: str) -> Change:
    """The identity provider says that somebody logged in there like this."""

    def change(root: etree._Element) -> None:
        find(root, ".//saml:AuthnContextClassRef").text = context

    return change


def entra(*methods: str) -> Change:
    """Entra ID names its methods in an attribute."""

    def change(root: etree._Element) -> None:
        attribute = etree.SubElement(find(root, ".//saml:AttributeStatement"), f"{_ns(root)}Attribute")
        attribute.set("Name", "http://schemas.microsoft.com/claims/authnmethodsreferences")
        for method in methods:
            etree.SubElement(attribute, f"{_ns(root)}AttributeValue").text = method

    return change


def silent(root: etree._Element) -> None:
    """The identity provider names no class of authentication, only a declaration of its own."""
    reference = find(root, ".//saml:AuthnContextClassRef")
    reference.tag = reference.tag.replace("ClassRef", "DeclRef")
    reference.text = REFEDS


def _ns(root: etree._Element) -> str:
    return str(find(root, ".//saml:AttributeStatement").tag).rpartition("}")[0] + "}"


def method_after(side: Side, client: Client, change: Change) -> str:
    """Log in; the method of the session, which the audit log names as well."""
    asked = side.start(client)
    response = side.post(client, side.response(asked, person=ALICE, change=change), asked)
    assert response.status_code == 302, response.content
    with tenant_transaction(side.tenant.id):
        session = Session.objects.latest("created_at")
        event = AuditEvent.objects.filter(action="accounts.login.succeeded").latest("at")
        assert event.after == {"method": session.method}
        return session.method


@pytest.mark.parametrize(
    ("change", "method"),
    [
        (saying(REFEDS), "sso+idp"),
        (entra("http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password", ENTRA), "sso+idp"),
        (entra("http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password"), "sso"),
        (saying("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"), "sso"),
        (saying(REFEDS.upper()), "sso"),
        (silent, "sso"),
    ],
    ids=["refeds", "entra", "entra-password", "password", "almost", "silent"],
)
def test_what_the_identity_provider_says(
    linked: Cast, acme_side: Side, client: Client, change: Change, method: str
) -> None:
    """Two factors only where the signed assertion says so in a listed word; missing or unknown is one (ASVS 6.8.4)."""
    assert method_after(acme_side, client, change) == method


@pytest.mark.parametrize(("change", "asked"), [(saying(REFEDS), False), (silent, True)], ids=["two", "one"])
def test_whoever_has_a_second_factor_is_asked_for_it_after_one(
    linked: Cast, acme_side: Side, client: Client, change: Change, asked: bool
) -> None:
    """A log-in with one factor stops half-way for somebody who has an app here; one with two goes through (A5)."""
    with tenant_transaction(acme_side.tenant.id):
        give_app(linked.admin.user)
    question = acme_side.start(client)
    acme_side.post(client, acme_side.response(question, person=ALICE, change=change), question)
    with tenant_transaction(acme_side.tenant.id):
        assert Session.objects.latest("created_at").awaiting_factor is asked


@pytest.mark.parametrize(("change", "status"), [(saying(REFEDS), 200), (silent, 302)], ids=["two", "one"])
def test_whoever_needs_a_second_factor_sets_it_up_after_one(
    linked: Cast, acme_side: Side, client: Client, change: Change, status: int
) -> None:
    """Where everybody needs two factors, only a log-in with one leads to setting the other up (A5)."""
    with tenant_transaction(acme_side.tenant.id):
        change_policy({"factor_required": FactorRule.EVERYONE}, actor=linked.admin.actor)
    method_after(acme_side, client, change)
    assert client.get("/").status_code == status


def test_each_company_has_its_own_list(linked: Cast, acme_side: Side, globex_side: Side, client: Client) -> None:
    """What ACME lists counts, what it has taken out does not; GLOBEX keeps its own (T1)."""
    okta = "urn:okta:loa:2fa:any"
    with tenant_transaction(acme_side.tenant.id):
        connections.set_factor_contexts(acme_side.connection, contexts=[okta, okta], actor=linked.admin.actor)
    assert method_after(acme_side, client, saying(okta)) == "sso+idp"
    assert method_after(acme_side, Client(), saying(REFEDS)) == "sso"
    with tenant_transaction(acme_side.tenant.id):
        event = AuditEvent.objects.get(action="accounts.sso.changed")
        assert (event.before, event.after) == (
            {"factor_contexts": usual_factor_contexts()},
            {"factor_contexts": [okta]},
        )
    with tenant_transaction(globex_side.tenant.id):
        globex_side.connection.refresh_from_db()
        assert globex_side.connection.factor_contexts == usual_factor_contexts()


def test_the_form(linked: Cast, acme_side: Side) -> None:
    """One method a line; what is no address of a method is refused, and the page says so."""
    admin = linked.admin.client()
    refused = admin.post("/console/sso/second-factor/", {"contexts": f"{REFEDS}\nMFA please"})
    assert (refused.status_code, b"MFA please" in refused.content) == (200, True)
    admin.post("/console/sso/second-factor/", {"contexts": f"\n {REFEDS} \n\n"})
    with tenant_transaction(acme_side.tenant.id):
        acme_side.connection.refresh_from_db()
        assert acme_side.connection.factor_contexts == [REFEDS]
        many = [f"urn:method:{number}" for number in range(21)]
        with pytest.raises(ValidationError):
            connections.set_factor_contexts(acme_side.connection, contexts=many, actor=linked.admin.actor)
