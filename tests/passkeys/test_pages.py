"""The pages of passkeys with the test client and a device in software (A5, A11)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.actions import IDENTITY_CONFIRMED, IDENTITY_REFUSED, LOGGED_IN
from accounts.factors.actions import FACTOR_REFUSED
from accounts.models import Session
from accounts.passkeys import keeping
from accounts.passkeys.models import Passkey
from accounts.policy.models import FactorRule, SecurityPolicy
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.factories.people import PASSWORD, Person, make_person
from tests.passkeys.authenticator import Device
from tests.passkeys.conftest import Owner, give_passkey

pytestmark = pytest.mark.django_db


def browser() -> Client:
    """A browser in which nobody is logged in."""
    return Client(headers={"accept-language": "en"})


def use(client: Client, owner: Owner, name: str, **changes: Any) -> Any:
    """Press the button of a page with the owner's device."""
    options = client.post(reverse(f"{name}_options")).json()
    answer = owner.device.sign(options, **changes)
    return client.post(reverse(name) + "?next=/activity/", {"answer": answer})


def add(client: Client, device: Device, name: str = "") -> Any:
    """Add a passkey on the page."""
    options = client.post(reverse("passkey_add_options")).json()
    return client.post(reverse("passkey_add"), {"answer": device.register(options), "name": name})


def begin_login(person: Person) -> Client:
    """A browser in which the right password was typed."""
    client = browser()
    typed = {"company_code": person.tenant.company_code, "user_id": person.user.user_id, "password": PASSWORD}
    answer = client.post("/login/?next=/activity/", typed)
    assert answer["Location"].startswith("/login/factor/")
    return client


def policy_of(person: Person, **values: Any) -> None:
    """Give the person's company a policy."""
    with tenant_transaction(person.tenant.id):
        SecurityPolicy.objects.create(**values)


def events(person: Person, code: str) -> list[dict[str, Any]]:
    """What the log of the person's company says about that action."""
    with tenant_transaction(person.tenant.id):
        return [event.after or {} for event in AuditEvent.objects.filter(action=code).order_by("at", "id")]


# --- The second factor -------------------------------------------------------------------------------------------
def test_password_and_passkey(alice: Owner) -> None:
    """A5, ASVS 6.3.3, 7.2.4, 16.3.1: nobody is in before the second factor; then with a new session secret."""
    client = begin_login(alice.person)
    pending = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    assert client.get("/activity/").status_code == 302
    assert client.get("/login/factor/")["Location"] == "/login/factor/passkey/?"

    answer = use(client, alice, "passkey_factor")

    assert answer.url == "/activity/"
    assert client.cookies[django_settings.SESSION_COOKIE_NAME].value != pending
    assert client.get("/activity/").status_code == 200
    assert events(alice.person, LOGGED_IN.code) == [{"method": "password+passkey"}]


def test_a_second_factor_that_is_not_right(alice: Owner, cast: Cast) -> None:
    """A5, ASVS 16.3.1: a colleague's passkey opens nothing; the refusal is on record, and one may try again."""
    colleague = give_passkey(cast.editor)
    client = begin_login(alice.person)

    refused = use(client, colleague, "passkey_factor")

    assert "not accepted" in refused.content.decode()
    assert client.get("/activity/").status_code == 302
    assert [after["reason"] for after in events(alice.person, FACTOR_REFUSED.code)] == ["unknown passkey"]
    assert use(client, alice, "passkey_factor").url == "/activity/"


def test_without_the_cookie_of_the_challenge(alice: Owner) -> None:
    """ASVS 6.7.2: an answer works in the browser that asked for it, and in no other."""
    client = begin_login(alice.person)
    answer = alice.device.sign(client.post("/login/factor/passkey/options/").json())
    del client.cookies[django_settings.PASSKEY_COOKIE_NAME]
    assert "not accepted" in client.post("/login/factor/passkey/", {"answer": answer}).content.decode()


def test_the_cookie_is_for_the_server_only(alice: Owner) -> None:
    """ASVS 3.3.2, 3.3.4: no script reads it, no other site sends it, and it is gone after the ceremony's time."""
    client = begin_login(alice.person)
    client.post("/login/factor/passkey/options/")
    cookie = client.cookies[django_settings.PASSKEY_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", 300)


# --- Alone -------------------------------------------------------------------------------------------------------
def test_alone(alice: Owner) -> None:
    """A5: in by one button, to the page that one was on the way to."""
    policy_of(alice.person, passkey_alone=True)
    client = browser()

    answer = use(client, alice, "passkey_login")

    assert answer.url == "/activity/"
    assert client.get("/activity/").status_code == 200
    assert events(alice.person, LOGGED_IN.code) == [{"method": "passkey"}]


def test_no_page_betrays_what_was_wrong(alice: Owner, cast: Cast) -> None:
    """A1, ASVS 6.3.8: not allowed, unknown, wrong, for nobody: status, body and cookies are the same."""
    allowed = give_passkey(cast.outsider)
    policy_of(allowed.person, passkey_alone=True)
    ways: list[Callable[[Client], Any]] = [
        lambda client: use(client, alice, "passkey_login"),
        lambda client: use(client, allowed, "passkey_login", verified=False),
        lambda client: use(client, allowed, "passkey_login", handle=bytes(32)),
        lambda client: client.post("/login/passkey/?next=/activity/", {"answer": "{}"}),
        lambda client: client.post("/login/passkey/?next=/activity/"),
    ]

    def seen(way: Callable[[Client], Any]) -> tuple[int, str, list[str]]:
        client = browser()
        answer = way(client)
        token = str(answer.context["csrf_token"])
        body = answer.content.decode().replace(token, "").replace(str(answer.context["request"].csp_nonce), "")
        return answer.status_code, body, sorted(answer.cookies)

    first, *others = [seen(way) for way in ways]
    assert "You were not logged in" in first[1]
    assert others == [first] * len(others)


def test_a_session_before_it_ends(alice: Owner, cast: Cast) -> None:
    """ASVS 7.2.4: whoever was logged in in this browser is so no more."""
    policy_of(alice.person, passkey_alone=True)
    client = cast.editor.client()
    earlier = client.cookies[django_settings.SESSION_COOKIE_NAME].value

    use(client, alice, "passkey_login")

    other = browser()
    other.cookies[django_settings.SESSION_COOKIE_NAME] = earlier
    assert other.get("/activity/").status_code == 302


def test_too_many_from_one_address(alice: Owner, settings: Settings) -> None:
    """A2: the same page as for passwords."""
    settings.LOGIN_ADDRESS_FAILURES = 1
    client = Client(REMOTE_ADDR="192.0.2.88")
    assert use(client, alice, "passkey_login").status_code == 200
    refused = use(client, alice, "passkey_login")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


# --- Confirming --------------------------------------------------------------------------------------------------
def stale(owner: Owner) -> Client:
    """A browser in which the owner proved who they are too long ago."""
    client = owner.person.client()
    with tenant_transaction(owner.person.tenant.id):
        Session.objects.update(proved_at=None)
    return client


def test_confirming_by_passkey(alice: Owner) -> None:
    """A11, ASVS 7.5.1: a risky action goes on after it; the session has a new secret."""
    client = stale(alice)
    assert client.post("/profile/passkeys/options/")["Location"].startswith("/confirm/")
    assert "/confirm/passkey/" in client.get("/confirm/").content.decode()

    assert use(client, alice, "passkey_confirm").url == "/activity/"

    assert client.post("/profile/passkeys/options/").status_code == 200
    assert len(events(alice.person, IDENTITY_CONFIRMED.code)) == 1


def test_confirming_needs_the_person(alice: Owner) -> None:
    """A11: a key that is left in the computer is not enough."""
    client = stale(alice)
    assert "not accepted" in use(client, alice, "passkey_confirm", verified=False).content.decode()
    assert client.post("/profile/passkeys/options/").status_code == 302
    assert [after["reason"] for after in events(alice.person, IDENTITY_REFUSED.code)] == ["answer does not verify"]


@pytest.mark.parametrize("address", ["options/", "add/", "{key}/", "{key}/remove/"])
def test_changes_are_risky(alice: Owner, address: str) -> None:
    """ASVS 7.5.1: nothing about passkeys changes without a fresh proof."""
    client = stale(alice)
    answer = client.post(f"/profile/passkeys/{address.format(key=alice.passkey.id)}", {"name": "New"})
    assert answer["Location"].startswith("/confirm/?")
    with tenant_transaction(alice.person.tenant.id):
        assert [passkey.name for passkey in Passkey.objects.all()] == [alice.passkey.name]


# --- One's own ---------------------------------------------------------------------------------------------------
def test_adding_the_first(cast: Cast) -> None:
    """A5: it leads on to the recovery codes, and ends every other session, none of which was opened with it."""
    elsewhere, client = cast.admin.client(), cast.admin.client()

    answer = add(client, Device(), "Phone")

    assert answer.url == "/profile/factors/recovery/"
    assert "Phone" in client.get("/profile/passkeys/").content.decode()
    assert elsewhere.get("/activity/").status_code == 302


def test_behind_the_wall_of_enrolment(cast: Cast) -> None:
    """A5, ASVS 6.3.3: where a second factor is demanded, a passkey is one."""
    policy_of(cast.reader, factor_required=FactorRule.EVERYONE)
    client = cast.reader.client()
    assert client.get("/activity/")["Location"] == "/enrol/"
    assert "/profile/passkeys/" in client.get("/enrol/").content.decode()
    assert client.get("/profile/passkeys/").status_code == 200

    add(client, Device())

    assert client.get("/activity/").status_code == 200


def test_the_last_one_where_one_is_needed(cast: Cast) -> None:
    """A5: it is not removed before there is another."""
    owner = give_passkey(cast.reader)
    policy_of(cast.reader, factor_required=FactorRule.EVERYONE)
    client = cast.reader.client()
    client.post(f"/profile/passkeys/{owner.passkey.id}/remove/")
    assert "Set up another one first" in client.get("/profile/passkeys/").content.decode()
    another = give_passkey(cast.reader)
    client = cast.reader.client()
    client.post(f"/profile/passkeys/{owner.passkey.id}/remove/")
    with tenant_transaction(cast.reader.tenant.id):
        assert [passkey.id for passkey in Passkey.objects.all()] == [another.passkey.id]


def test_what_went_wrong_is_told(cast: Cast) -> None:
    """A5: the page says it, beside the form."""
    client = cast.admin.client()
    options = client.post("/profile/passkeys/options/").json()
    answer = Device().register(options, origin="https://evil.example")
    page = client.post("/profile/passkeys/add/", {"answer": answer, "name": "x"}).content.decode()
    assert "could not be checked" in page
    for _number in range(keeping.LIMIT):
        give_passkey(cast.admin)
    refused = cast.admin.client().post("/profile/passkeys/options/")
    assert (refused.status_code, "10 passkeys" in refused.json()["error"]) == (409, True)


def test_renaming(alice: Owner) -> None:
    """A5."""
    client = alice.person.client()
    answer = client.post(f"/profile/passkeys/{alice.passkey.id}/", {"name": "Desk"})
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["The name was changed."]
    assert "Desk" in client.get("/profile/passkeys/").content.decode()


@pytest.mark.parametrize("address", ["", "remove/"])
def test_nobody_elses_business(alice: Owner, cast: Cast, address: str) -> None:
    """A9, T1: not a colleague's, not another company's, not the operator's."""
    colleague = make_person(alice.person.tenant, "carl", "administrator")
    for person in (colleague, cast.editor, cast.outsider, cast.operator):
        client = person.client()
        if person is cast.operator:
            give_passkey(person)
            client = person.client()
        assert client.post(f"/profile/passkeys/{alice.passkey.id}/{address}", {"name": "Mine"}).status_code == 404
    assert Client().get(f"/profile/passkeys/{alice.passkey.id}/").status_code == 302
    with tenant_transaction(alice.person.tenant.id):
        assert [passkey.name for passkey in Passkey.objects.all()] == [alice.passkey.name]


def test_the_list_costs_the_same_for_one_and_ten(cast: Cast) -> None:
    """T9: as many queries however many there are."""
    counts: list[int] = []
    for number in (1, keeping.LIMIT):
        for _more in range(number - len(counts)):
            give_passkey(cast.admin)
        client = cast.admin.client()
        client.get("/profile/passkeys/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/profile/passkeys/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_reset_by_an_administrator(cast: Cast) -> None:
    """ASVS 6.4.4, 6.5.6: the registry takes passkeys along."""
    owner = give_passkey(cast.reader)
    cast.admin.client().post(f"/console/users/{cast.reader.user.id}/reset-factors/")
    with tenant_transaction(cast.reader.tenant.id):
        assert not Passkey.objects.filter(id=owner.passkey.id).exists()


def test_an_address_without_a_name(settings: Settings, cast: Cast) -> None:
    """A5: browsers make no passkeys for IP addresses or plain HTTP; the pages say so and offer none."""
    for address in ("http://192.0.2.1:8000", "https://192.0.2.1", "http://sekisho.example", "http://[::1]:8000"):
        settings.PUBLIC_URL = address
        assert "Passkeys do not work at this address" in cast.admin.client().get("/profile/passkeys/").content.decode()
        assert "data-passkey" not in browser().get("/login/").content.decode()
    for address in ("http://localhost:8000", "https://sekisho.example"):
        settings.PUBLIC_URL = address
        assert 'data-passkey="create"' in cast.admin.client().get("/profile/passkeys/").content.decode()
        assert 'data-passkey="get"' in browser().get("/login/").content.decode()
