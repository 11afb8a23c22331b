"""Where the list is enforced: log-in, every request, single sign-on, personal links (A4, ASVS 8.2.4)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.links import issue_invitation, issue_reset
from accounts.login import LoginRefused, admit
from accounts.models import OneTimeLink, Session, User, UserState
from accounts.network.actions import OUTSIDE
from auditlog.context import Origin, origin
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.network.places import HOME, OFFICE, OFFICE_NETWORK, browser_at, restrict
from tests.accounts.reading import actions_of, newest_event
from tests.conftest import Cast
from tests.factories.people import PASSWORD, Person, make_person

pytestmark = pytest.mark.django_db


def typed(person: Person, password: str = PASSWORD) -> dict[str, str]:
    """What the log-in page sends."""
    return {"company_code": person.tenant.company_code, "user_id": person.user.user_id, "password": password}


def body_without_token(content: bytes) -> str:
    """A page, without what differs each time it is made."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", content.decode())


def test_log_in_from_outside_tells_nothing_about_the_password(cast: Cast) -> None:
    """A4: the right password gets the answer of a wrong one, byte by byte, and of a company that nobody has."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    right = browser_at(HOME).post("/login/", typed(cast.editor))
    wrong = browser_at(HOME).post("/login/", typed(cast.editor, "wrong"))
    nobody = browser_at(HOME).post("/login/", typed(cast.editor) | {"company_code": "NOBODY"})
    assert right.status_code == wrong.status_code == 200
    assert body_without_token(right.content) == body_without_token(wrong.content)
    assert set(right.cookies) == set(wrong.cookies) == set(nobody.cookies)
    assert settings.SESSION_COOKIE_NAME not in right.cookies
    with tenant_transaction(cast.admin.tenant.id):
        reasons = AuditEvent.objects.filter(action="accounts.login.failed").values_list("after__reason", "ip")
        assert list(reasons) == [(OUTSIDE, HOME)] * 2


def test_log_in_from_inside_works(cast: Cast) -> None:
    """A4: also when the server is reached by IPv6 sockets."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    for address in (OFFICE, f"::ffff:{OFFICE}"):
        response = browser_at(address).post("/login/", typed(cast.editor))
        assert (response.status_code, response.headers.get("Location")) == (302, "/")


@pytest.mark.parametrize("forwarded", [OFFICE, f"{OFFICE}, {HOME}", f"[{OFFICE}]", f"for={OFFICE}"])
@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_an_address_cannot_be_typed(cast: Cast, settings: Settings, proxies: int, forwarded: str) -> None:
    """A4, research 4.5: what the caller writes into X-Forwarded-For stands left of what our proxies add."""
    settings.TRUSTED_PROXIES = proxies
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    seen = {0: forwarded, 1: f"{forwarded}, {HOME}", 2: f"{forwarded}, {HOME}, 10.0.0.1"}[proxies]
    headers = {"x-forwarded-for": seen, "x-real-ip": OFFICE, "forwarded": f"for={OFFICE}", "client-ip": OFFICE}
    browser_at(HOME).post("/login/", typed(cast.editor), headers=headers)
    assert actions_of(cast.admin.tenant)[-1] == "accounts.login.failed"


def test_a_session_that_leaves_the_network_opens_nothing(cast: Cast) -> None:
    """ASVS 8.2.4: each page says why; nothing is changed; back inside, the session goes on."""
    client = browser_at(OFFICE, cast.admin)
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    assert client.get("/console/users/").status_code == 200
    for method, address in (("get", "/"), ("get", "/console/users/"), ("post", "/profile/"), ("post", "/logout/")):
        response = getattr(client, method)(address, {"name": "Changed"}, REMOTE_ADDR=HOME)
        assert response.status_code == 403
        assert HOME in response.content.decode()
        assert response.headers["Cache-Control"] == "no-store, private"
    event = newest_event(cast.admin.tenant, "accounts.network.refused")
    assert (event.actor_user_id, event.ip, event.outcome) == ("alice", HOME, "denied")
    assert event.after == {"reason": OUTSIDE, "method": "POST"}
    assert event.session_id is not None
    assert client.get("/profile/").status_code == 200
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.get(id=cast.admin.user.id).name == "Alice"


def test_the_refusal_speaks_the_language_of_the_person(cast: Cast) -> None:
    """T10: not that of the browser; it names no menu and nobody."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.filter(id=cast.admin.user.id).update(language="ja")
    page = browser_at(HOME, cast.admin).get("/").content.decode()
    assert "このIPアドレスからは利用できません" in page
    assert "Alice" not in page


def test_what_asks_for_data_gets_data(cast: Cast) -> None:
    """A4: a script gets an answer that it can read."""
    client = browser_at(HOME, cast.admin)
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    response = client.get("/", headers={"accept": "application/json"})
    assert (response.status_code, response.json()) == (403, {"ok": False, "error": OUTSIDE})


def test_being_shut_out_does_not_keep_a_session_alive(cast: Cast) -> None:
    """A4, A11: neither its time nor its address is written down."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    client = browser_at(OFFICE, cast.admin)
    client.get("/")

    def use() -> list[tuple[object, object]]:
        with tenant_transaction(cast.admin.tenant.id):
            return list(Session.objects.values_list("last_used_at", "ip"))

    before = use()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        assert client.get("/", REMOTE_ADDR=HOME).status_code == 403
    assert use() == before


def test_public_pages_stay_open(cast: Cast) -> None:
    """A4: they know nobody; the page for logging in says nothing of the session."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    client = browser_at(HOME, cast.admin)
    assert client.get("/login/").status_code == 200
    assert client.get("/healthz").status_code == 200
    assert "accounts.network.refused" not in actions_of(cast.admin.tenant)


def test_whichever_way_somebody_came_no_session_is_opened(cast: Cast) -> None:
    """A4, ASVS 6.3.4: the place where every way in ends asks as well."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    with tenant_transaction(cast.admin.tenant.id):
        for address in (HOME, None):
            with pytest.raises(LoginRefused), origin(Origin(ip=address)):
                admit(cast.editor.user, method="any")
        assert not Session.objects.exists()


def test_the_list_of_one_company_means_nothing_to_the_other(cast: Cast) -> None:
    """T1: neither its networks let anybody into another one, nor do they keep anybody out of it."""
    restrict(cast.outsider.tenant, OFFICE_NETWORK)
    inside_acme = browser_at(HOME, cast.admin)
    assert inside_acme.get("/").status_code == 200
    restrict(cast.admin.tenant, "192.0.2.0/24")
    assert browser_at(OFFICE, cast.admin).get("/").status_code == 403
    assert browser_at(OFFICE, cast.outsider).get("/").status_code == 200
    assert browser_at(HOME, cast.outsider).get("/").status_code == 403


@pytest.mark.parametrize("kind", ["invitation", "password_reset"])
def test_personal_links_open_inside_only(cast: Cast, kind: str) -> None:
    """A4: refused outside, on record, and not used up, so that the same link works inside."""
    tenant = cast.admin.tenant
    invited = {"state": UserState.INVITED, "password": make_password(None)} if kind == "invitation" else {}
    person = make_person(tenant, "newcomer", **invited)
    restrict(tenant, OFFICE_NETWORK)
    issue = issue_invitation if kind == "invitation" else issue_reset
    with tenant_transaction(tenant.id):
        path = issue(person.user, actor=cast.admin.actor).removeprefix(settings.PUBLIC_URL)
    chosen = {"password": "a quite different sentence", "repeated": "a quite different sentence"}
    for response in (browser_at(HOME).get(path), browser_at(HOME).post(path, chosen)):
        assert response.status_code == 403
        assert HOME in response.content.decode()
    event = newest_event(tenant, "accounts.network.refused")
    assert (event.actor_user_id, event.actor_kind) == ("newcomer", "anyone")
    assert path.split("/")[-2] not in str(event.__dict__)
    with tenant_transaction(tenant.id):
        assert OneTimeLink.objects.get().used_at is None
    assert browser_at(OFFICE).post(path, chosen).status_code == 302


def test_asking_for_a_reset_says_nothing_about_the_list(cast: Cast) -> None:
    """ASVS 6.3.8: the answer is the same from everywhere; the link in the mail opens inside only."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    asked = {"company_code": "ACME", "user_id": "erin"}
    answers = [browser_at(address).post("/password/forgotten/", asked) for address in (HOME, OFFICE)]
    assert {body_without_token(answer.content) for answer in answers} == {body_without_token(answers[0].content)}


def test_the_list_costs_no_query_of_its_own(cast: Cast) -> None:
    """A4: it comes along with the session, however long it is."""
    client = browser_at(OFFICE, cast.reader)
    client.get("/profile/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/profile/").status_code == 200
        return len(captured)

    before = queries()
    restrict(cast.admin.tenant, OFFICE_NETWORK, *(f"10.0.{number}.0/24" for number in range(199)))
    assert queries() == before
