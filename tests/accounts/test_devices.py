"""New devices are told to the user; devices in words (A11, ASVS 6.3.5)."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client

from accounts.browsers import describe
from accounts.links import issue_invitation, issue_reset
from accounts.models import User, UserState
from accounts.network.entries import Entry, add_network
from auditlog.actors import Actor
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event
from tests.conftest import Cast
from tests.factories.people import PASSWORD, Person, make_person

pytestmark = pytest.mark.django_db(transaction=True)

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"
NEW_DEVICE = "accounts.login.new_device"


def fresh_browser() -> Client:
    """A browser that nobody has used."""
    return Client(headers={"accept-language": "en", "user-agent": WINDOWS}, REMOTE_ADDR="203.0.113.5")


def log_in(client: Client, person: Person, password: str = PASSWORD) -> int:
    """The status of the answer; 302 is a success."""
    typed = {"company_code": person.tenant.company_code, "user_id": person.user.user_id, "password": password}
    return client.post("/login/", typed).status_code


@pytest.fixture
def paula(cast: Cast) -> Person:
    """Somebody of ACME who has been here before."""
    return make_person(cast.admin.tenant, "paula", last_login="2026-11-01T00:00:00Z")


def test_a_new_device_is_told_once(paula: Person) -> None:
    """ASVS 6.3.5: time, address, browser and what to do, by mail and in the own activity; from then on it is known."""
    with tenant_transaction(paula.tenant.id):
        add_network(Entry("203.0.113.0/24", "Tokyo office"), actor=Actor.command())
    client = fresh_browser()
    assert log_in(client, paula) == 302
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["paula@acme.example"], "Log-in from a new device")
    assert "203.0.113.5 (Tokyo office)" in message.body
    assert "Device: Chrome on Windows" in message.body
    assert "JST" in message.body
    assert settings.PUBLIC_URL + "/sessions/" in message.body
    event = newest_event(paula.tenant, NEW_DEVICE)
    assert (event.ip, event.after, event.session_id is None) == ("203.0.113.5", {"device": "Chrome on Windows"}, False)
    assert "Logged in from a new device" in client.get("/activity/").content.decode()
    client.post("/logout/")
    assert log_in(client, paula) == 302
    assert len(mail.outbox) == 1


def test_a_failure_tells_nobody(paula: Person) -> None:
    """ASVS 6.3.5: nor does it make the device known."""
    client = fresh_browser()
    assert log_in(client, paula, "wrong") == 200
    assert mail.outbox == []
    assert log_in(client, paula) == 302
    assert len(mail.outbox) == 1


def test_people_who_share_a_browser_are_not_told_at_every_change(cast: Cast, paula: Person) -> None:
    """A11: the cookie knows several users; each is told once."""
    peter = make_person(cast.outsider.tenant, "peter", last_login="2026-11-01T00:00:00Z")
    client = fresh_browser()
    for person in (paula, peter, paula, peter, paula):
        assert log_in(client, person) == 302
        client.post("/logout/")
    assert [message.to for message in mail.outbox] == [["paula@acme.example"], ["peter@globex.example"]]


def test_a_forged_cookie_knows_nobody(paula: Person) -> None:
    """ASVS 6.3.5: the signature holds it; nonsense is a new device, not an error."""
    for value in ("x", "[]", "WyJhIl0:1:x"):
        client = fresh_browser()
        client.cookies[settings.DEVICE_COOKIE_NAME] = value
        assert log_in(client, paula) == 302
    assert len(mail.outbox) == 3


def test_the_very_first_log_in_is_told_nobody(cast: Cast) -> None:
    """ASVS 6.3.5: everything is new then, and they have just been told that they have an account."""
    assert log_in(fresh_browser(), make_person(cast.admin.tenant, "newcomer")) == 302
    assert mail.outbox == []
    assert NEW_DEVICE not in actions_of(cast.admin.tenant)


@pytest.mark.parametrize("kind", ["invitation", "reset"])
def test_a_link_makes_a_device_known_only_where_the_account_begins(cast: Cast, kind: str) -> None:
    """ASVS 6.3.5: a password that was reset by mail is no proof of the device, so the next log-in is told."""
    invited = {"state": UserState.INVITED, "password": make_password(None)} if kind == "invitation" else {}
    person = make_person(cast.admin.tenant, "paula", last_login="2026-11-01T00:00:00Z", **invited)
    issue = issue_invitation if kind == "invitation" else issue_reset
    with tenant_transaction(person.tenant.id):
        path = issue(person.user, actor=cast.admin.actor).removeprefix(settings.PUBLIC_URL)
    password, client = "a quite different sentence", fresh_browser()
    assert client.post(path, {"password": password, "repeated": password}).status_code == 302
    mail.outbox.clear()
    assert log_in(client, person, password) == 302
    assert [message.subject for message in mail.outbox] == (
        [] if kind == "invitation" else ["Log-in from a new device"]
    )
    with tenant_transaction(person.tenant.id):
        assert User.objects.get(id=person.user.id).is_active


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (WINDOWS, "Chrome on Windows"),
        (f"{WINDOWS} Edg/142.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Linux; Android 14) SamsungBrowser/28.0 {CHROME}", "Samsung Internet on Android"),
        (f"{IPHONE} Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/142.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on macOS"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
        ("x" * 400, "x" * 60),
    ],
)  # fmt: skip
def test_a_device_is_named_in_words(user_agent: str, said: str) -> None:
    """A11: browser and system; whatever else says nothing is cut short."""
    assert describe(user_agent) == said
