"""Sessions (A11): in the database, found by their hash only, ended by time and by people.

ASVS 7.2.1, 7.2.2, 7.2.3, 7.5.2.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.factors.stepping import FRESH_MINUTES
from accounts.models import Session, User, UserState
from accounts.policy.models import DEFAULTS
from accounts.sessions import end_sessions
from accounts.users import change_password, resume_user, suspend_user
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event, stranger
from tests.conftest import Cast
from tests.factories.people import PASSWORD

COOKIE = settings.SESSION_COOKIE_NAME
IDLE, ABSOLUTE = (
    timedelta(minutes=DEFAULTS["idle_minutes"]),
    timedelta(hours=DEFAULTS["absolute_hours"]),
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that moves only when told to."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


def is_in(client: Client) -> bool:
    """Whether the browser is logged in."""
    return client.get("/profile/").status_code == 200


def browser_with(cookie: str) -> Client:
    """A browser that sends this cookie."""
    client = stranger()
    client.cookies[COOKIE] = cookie
    return client


def test_the_promised_times_hold() -> None:
    """A11: a browser session lasts 36 hours at the most."""
    assert IDLE < ABSOLUTE <= timedelta(hours=36)


def test_a_session_ends_when_it_is_not_used(cast: Cast, clock: time_machine.Traveller) -> None:
    """A11: idle timeout."""
    client = cast.admin.client()
    clock.shift(IDLE - timedelta(seconds=1))
    assert is_in(client)
    clock.shift(IDLE + timedelta(seconds=1))
    assert not is_in(client)


def test_a_session_ends_however_much_it_is_used(cast: Cast, clock: time_machine.Traveller) -> None:
    """A11: absolute timeout."""
    client = cast.admin.client()
    for _ in range(int(ABSOLUTE / (IDLE / 2)) - 1):
        clock.shift(IDLE / 2)
        assert is_in(client)
    clock.shift(IDLE / 2 + timedelta(seconds=1))
    assert not is_in(client)


def test_suspending_ends_sessions_and_resuming_does_not_bring_them_back(cast: Cast) -> None:
    """A8: at once, for good."""
    client = cast.editor.client()
    with tenant_transaction(cast.admin.tenant.id):
        suspend_user(cast.editor.user, actor=cast.admin.actor)
    assert not is_in(client)
    with tenant_transaction(cast.admin.tenant.id):
        resume_user(cast.editor.user, actor=cast.admin.actor)
    assert not is_in(client)


def test_a_suspended_user_is_out_whatever_became_of_the_sessions(cast: Cast) -> None:
    """A8: the account is looked at on every request, so a session that was overlooked opens nothing."""
    client = cast.editor.client()
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.filter(id=cast.editor.user.id).update(state=UserState.SUSPENDED)
    assert not is_in(client)


def test_a_new_password_ends_every_other_session(cast: Cast) -> None:
    """ASVS 7.4.3: whoever else knew the old one is out."""
    here, elsewhere = cast.admin.client(), cast.admin.client()
    with tenant_transaction(cast.admin.tenant.id):
        secret = BearerSecret.parse(here.cookies[COOKIE].value)
        assert secret is not None
        keep = Session.objects.get(token_hash=secret.hash)
        change_password(cast.admin.user, current=PASSWORD, password="a quite different sentence", keep=keep)
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_the_database_knows_the_hash_of_a_cookie_only(cast: Cast) -> None:
    """ASVS 7.2: a copy of the database opens no session."""
    cookie = cast.admin.session_cookie()
    random = cookie.partition(".")[2]
    with tenant_transaction(cast.admin.tenant.id):
        row = Session.objects.values().get(user=cast.admin.user)
    assert len(random) >= 43
    assert random not in str(row)
    assert not is_in(browser_with(f"{cast.admin.tenant.id.hex}.{row['token_hash'][:43]}"))


def test_a_cookie_opens_its_own_company_only(cast: Cast) -> None:
    """T1: a forged prefix finds nothing."""
    random = cast.admin.session_cookie().partition(".")[2]
    assert not is_in(browser_with(f"{cast.outsider.tenant.id.hex}.{random}"))
    assert not is_in(browser_with(f"{'0' * 32}.{random}"))


@pytest.mark.parametrize("cookie", ["", "x", ".", "a.b", "\u00e9.x", "0" * 32 + ".", "0" * 33 + "." + "x" * 43])
def test_nonsense_in_the_cookie_is_nobody(db: None, cookie: str) -> None:
    """D6: the entrance, not an error."""
    assert browser_with(cookie).get("/").status_code == 302


def test_the_list_shows_the_own_living_sessions(cast: Cast) -> None:
    """A11: this browser is marked; others of the company are not shown."""
    client = cast.editor.client()
    cast.admin.client()
    cast.editor.client()
    ended = cast.editor.client()
    ended.post("/logout/")
    page = client.get("/sessions/").content.decode()
    assert page.count("This browser") == 1
    assert page.count("End the session") == 1


def test_one_session_can_be_ended(cast: Cast) -> None:
    """A11: that one, no other; recorded."""
    client, lost = cast.editor.client(), cast.editor.client()
    with tenant_transaction(cast.editor.tenant.id):
        secret = BearerSecret.parse(lost.cookies[COOKIE].value)
        assert secret is not None
        session = Session.objects.get(token_hash=secret.hash)
    response = client.post(f"/sessions/{session.id}/end/")
    assert response["Location"] == "/sessions/"
    assert (is_in(client), is_in(lost)) == (True, False)
    event = newest_event(cast.editor.tenant, "accounts.sessions.ended")
    assert event.after == {"count": 1, "session": str(session.id)}
    assert client.post(f"/sessions/{session.id}/end/").status_code == 404


def test_all_others_can_be_ended(cast: Cast) -> None:
    """A11: everybody else's stay."""
    client, other, editor = cast.admin.client(), cast.admin.client(), cast.editor.client()
    client.post("/sessions/end-others/")
    assert [is_in(browser) for browser in (client, other, editor)] == [True, False, True]
    client.post("/sessions/end-others/")
    assert actions_of(cast.admin.tenant) == ["accounts.sessions.ended"]


def test_ending_needs_a_fresh_proof(cast: Cast, clock: time_machine.Traveller) -> None:
    """ASVS 7.5.2: one or all others; nothing ends before, and the page that asks leads back to the list."""
    client, other = cast.editor.client(), cast.editor.client()
    with tenant_transaction(cast.editor.tenant.id):
        sessions = list(Session.objects.filter(user=cast.editor.user))
    clock.shift(timedelta(minutes=FRESH_MINUTES))
    for address in ("/sessions/end-others/", *(f"/sessions/{session.id}/end/" for session in sessions)):
        response = client.post(address, headers={"referer": "http://testserver/sessions/"})
        assert response["Location"] == "/confirm/?next=%2Fsessions%2F&unsent=1"
    assert (is_in(client), is_in(other)) == (True, True)
    assert actions_of(cast.editor.tenant) == []


def test_ending_sessions_of_a_user_counts_them(cast: Cast) -> None:
    """A8: for the record of a suspension."""
    cast.editor.client()
    cast.editor.client()
    with tenant_transaction(cast.editor.tenant.id):
        assert end_sessions(cast.editor.user, actor=cast.admin.actor) == 2
        assert end_sessions(cast.editor.user, actor=cast.admin.actor) == 0


def test_using_a_session_is_written_down_once_a_minute(cast: Cast, clock: time_machine.Traveller) -> None:
    """A11: `last used` is a courtesy; it costs no write at every click."""
    client = cast.admin.client()

    def last_used() -> datetime:
        with tenant_transaction(cast.admin.tenant.id):
            return Session.objects.get(user=cast.admin.user).last_used_at

    start = last_used()
    clock.shift(timedelta(seconds=59))
    is_in(client)
    assert last_used() == start
    clock.shift(timedelta(seconds=2))
    is_in(client)
    assert last_used() == start + timedelta(seconds=61)
