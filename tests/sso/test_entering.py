"""The way in by the company's own identity provider (A6)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from accounts.menus import ADMINISTRATOR, READER
from accounts.models import Session, User, UserState
from accounts.sso import addresses
from accounts.sso.joining import link
from accounts.sso.messages import instant
from accounts.sso.models import ExternalIdentity, Joining
from accounts.sso.refusals import Reason
from auditlog.models import AuditEvent
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import built_in_role, make_person
from tests.sso.conftest import Side
from tests.sso.conftest import asked as asked_by
from tests.sso.signing import find

pytestmark = [pytest.mark.django_db, pytest.mark.system("xmlsec1")]

ALICE = "alice@acme.example"


@pytest.fixture
def linked(cast: Cast, acme_side: Side) -> Cast:
    """Alice is linked to her name at the identity provider."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
    return cast


def enter(side: Side, client: Client, person: str = ALICE) -> str:
    """Log in; the reason why not, or an empty text."""
    asked = side.start(client)
    response = side.post(client, side.response(asked, person=person), asked)
    if response.status_code == 302:
        return ""
    with tenant_transaction(side.tenant.id):
        event = AuditEvent.objects.filter(action="accounts.sso.failed").order_by("-at", "-id").first()
        assert event is not None
        assert event.after is not None
        return str(event.after["reason"])


def let_join(side: Side, joining: Joining, **fields: object) -> None:
    with tenant_transaction(side.tenant.id):
        for name, value in {"joining": joining, **fields}.items():
            setattr(side.connection, name, value)
        side.connection.save()


@pytest.mark.parametrize("signed", ["response", "assertion", "both"])
def test_pysaml2_lets_a_linked_person_in(linked: Cast, acme_side: Side, client: Client, signed: str) -> None:
    """A response that pysaml2 wrote and signed opens a session of the linked account (A6, ASVS 16.3.1)."""
    asked, connection = acme_side.start(client), acme_side.connection
    text = acme_side.provider.answer(
        acme_side.server, asked.request_id, addresses.acs_url(connection), addresses.entity_id(connection), sign=signed
    )
    response = acme_side.post(client, text.encode(), asked)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert b"Alice" in client.get("/").content
    with tenant_transaction(acme_side.tenant.id):
        event = AuditEvent.objects.get(action="accounts.login.succeeded")
        assert (event.actor_user_id, event.after) == ("alice", {"method": "sso"})


def test_the_same_name_at_two_companies(linked: Cast, acme_side: Side, globex_side: Side, client: Client) -> None:
    """A NameID counts with its provider alone: ACME's Alice is nobody at GLOBEX (ASVS 6.8.1)."""
    make_person(globex_side.tenant, "alice@acme.example")
    assert enter(globex_side, client) == Reason.ACCOUNT_TAKEN
    with tenant_transaction(globex_side.tenant.id):
        assert not ExternalIdentity.objects.exists()


def test_joining_off(cast: Cast, acme_side: Side, client: Client) -> None:
    """With joining off, an invited user of the same user ID stays out as well."""
    let_join(acme_side, Joining.OFF)
    make_person(acme_side.tenant, "new@acme.example", state=UserState.INVITED)
    assert enter(acme_side, client, "new@acme.example") == Reason.UNKNOWN_PERSON


def test_joining_of_the_invited(cast: Cast, acme_side: Side, client: Client) -> None:
    """An invited user joins by the same user ID, once; an account in use is never taken over."""
    make_person(acme_side.tenant, "new@acme.example", state=UserState.INVITED)
    make_person(acme_side.tenant, "old@acme.example")
    assert enter(acme_side, client, "old@acme.example") == Reason.ACCOUNT_TAKEN
    assert enter(acme_side, client, "nobody@acme.example") == Reason.UNKNOWN_PERSON
    assert enter(acme_side, client, "new@acme.example") == ""
    with tenant_transaction(acme_side.tenant.id):
        assert User.objects.get(user_id="new@acme.example").is_active
        assert [row.name_id for row in ExternalIdentity.objects.all()] == ["new@acme.example"]


def test_joining_automatically(cast: Cast, acme_side: Side, client: Client) -> None:
    """Somebody new is registered with the chosen role and no invitation is mailed; bad attributes register nobody."""
    let_join(acme_side, Joining.AUTOMATIC, default_role=built_in_role(acme_side.tenant, READER))
    assert enter(acme_side, client, "fresh@acme.example") == ""
    assert enter(acme_side, client, "no address") == Reason.BAD_ATTRIBUTES
    with tenant_transaction(acme_side.tenant.id):
        user = User.objects.get(user_id="fresh@acme.example")
        assert (user.is_active, user.has_usable_password()) == (True, False)
        assert [role.code for role in user.roles.all()] == [READER]
        assert User.objects.filter(user_id="no address").count() == 0


def test_joining_never_grants_administration(cast: Cast, acme_side: Side, client: Client) -> None:
    """A default role that has become a role of administration is not given (ASVS 8.2.1)."""
    let_join(acme_side, Joining.AUTOMATIC, default_role=built_in_role(acme_side.tenant, ADMINISTRATOR))
    assert enter(acme_side, client, "fresh@acme.example") == ""
    with tenant_transaction(acme_side.tenant.id):
        assert not User.objects.get(user_id="fresh@acme.example").roles.exists()


def test_suspended_people_and_companies_stay_out(linked: Cast, acme_side: Side, client: Client) -> None:
    """Neither a suspended user nor anybody of a suspended company gets in (A8, T4, ASVS 7.4.2)."""
    with tenant_transaction(acme_side.tenant.id):
        User.objects.filter(user_id="alice").update(state=UserState.SUSPENDED)
    assert enter(acme_side, client) == Reason.NOT_ACTIVE


def test_the_session_ends_with_the_providers(linked: Cast, acme_side: Side, client: Client) -> None:
    """SessionNotOnOrAfter is the end of our session, if it comes sooner (ASVS 7.6.1)."""
    end = timezone.now().replace(microsecond=0) + timedelta(hours=1)

    def change(root: etree._Element) -> None:
        find(root, "saml:Assertion/saml:AuthnStatement").set("SessionNotOnOrAfter", instant(end))

    asked = acme_side.start(client)
    assert acme_side.post(client, acme_side.response(asked, change=change), asked).status_code == 302
    with tenant_transaction(acme_side.tenant.id):
        assert Session.objects.get().expires_at == end


def test_a_fresh_log_in_is_asked_for(linked: Cast, acme_side: Side, client: Client) -> None:
    """After a log-in that was too old, the next request forces a new one (ASVS 7.6.1)."""
    assert not acme_side.start(client).force
    assert acme_side.start(client, fresh="1").force


def test_linking_oneself(cast: Cast, acme_side: Side) -> None:
    """Somebody who is logged in here and there links the two; the next log-in works (A6)."""
    client = cast.admin.client()
    question = asked_by(client.post("/profile/sso/"))  # type: ignore[arg-type]
    response = acme_side.post(client, acme_side.response(question), question)
    assert (response.status_code, response["Location"]) == (302, "/profile/")
    assert enter(acme_side, Client()) == ""
    with tenant_transaction(acme_side.tenant.id):
        assert ExternalIdentity.objects.get().user_id == cast.admin.user.id
        assert AuditEvent.objects.filter(action="accounts.sso.linked", actor_user_id="alice").count() == 1


def test_the_start_needs_a_click(acme_side: Side, client: Client) -> None:
    """Looking at the start page starts nothing, also at an address that leads nowhere (ASVS 7.6.2)."""
    real = client.get(acme_side.path("sso_start"))
    assert real.status_code == 200
    assert "url" not in (real.context or {})
    decoy = client.get("/sso/" + "0" * 32 + "." + "x" * 22 + "/")
    assert decoy.status_code == 200


@pytest.mark.django_db(databases=EVERY_ROLE, transaction=True)
def test_a_suspended_company(linked: Cast, acme_side: Side, client: Client) -> None:
    """A log-in that was under way when the company was suspended lets those in only who take the data along (T4)."""
    let_join(acme_side, Joining.AUTOMATIC, default_role=built_in_role(acme_side.tenant, READER))
    with tenant_transaction(acme_side.tenant.id):
        reader, provider = linked.reader, acme_side.provider.entity_id
        link(reader.user, entity_id=provider, name_id="rob@acme.example", actor=reader.actor)
    asked = acme_side.start(client)
    with platform_transaction():
        Tenant.objects.filter(id=acme_side.tenant.id).update(state=State.SUSPENDED)
    answer = acme_side.response(asked, person="rob@acme.example")
    assert acme_side.post(client, answer, asked).status_code == 403
    assert enter(acme_side, Client(), "rob@acme.example") == Reason.COMPANY_CLOSED
    assert enter(acme_side, Client(), "new@acme.example") == Reason.COMPANY_CLOSED
    assert enter(acme_side, client) == ""
    assert client.get("/console/users/").status_code == 403


def test_metadata(acme_side: Side, client: Client) -> None:
    """Our metadata name the addresses and the key, and no secret."""
    text = client.get(acme_side.path("sso_metadata")).content.decode()
    assert addresses.entity_id(acme_side.connection) in text
    assert addresses.acs_url(acme_side.connection) in text
    assert 'WantAssertionsSigned="true"' in text
    assert "PRIVATE" not in text
