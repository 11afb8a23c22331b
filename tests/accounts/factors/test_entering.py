"""Log-ins in two steps, by their pages (A5, A11)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.factors import recovery
from accounts.factors.models import RecoveryCode
from accounts.links import issue_reset
from accounts.models import Session
from accounts.policy.services import change_policy
from auditlog.actors import Actor
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import actions_of, newest_event, page_of, stranger
from tests.concurrency import at_once
from tests.factories.people import PASSWORD, Person, give_app, make_person

pytestmark = pytest.mark.django_db
TYPED = {"company_code": "ACME", "user_id": "alice", "password": PASSWORD}


@pytest.fixture
def alice(acme: Tenant) -> Person:
    """Somebody with an authenticator app."""
    person = make_person(acme, "alice")
    with tenant_transaction(acme.id):
        give_app(person.user)
    return person


def half_way(**extra: str) -> Client:
    """A browser in which alice has entered her password."""
    client = stranger()
    assert (
        client.post("/login/?next=/activity/", TYPED | extra).headers["Location"]
        == "/login/factor/?next=%2Factivity%2F"
    )
    return client


def test_the_password_alone_opens_nothing(alice: Person) -> None:
    """ASVS 6.3.3: until the code is given, every page of one's own leads to the log-in."""
    client = half_way()
    for address in ("/", "/profile/", "/sessions/", "/documents/", "/profile/factors/", "/confirm/"):
        assert client.get(address).headers["Location"].startswith("/login/")
    with tenant_transaction(alice.tenant.id):
        assert Session.objects.get().awaiting_factor
    assert newest_event(alice.tenant, "accounts.login.factor_asked").after == {"method": "password"}


def test_the_code_leads_to_where_one_was_going(alice: Person) -> None:
    """ASVS 7.2.4: with another cookie; the one before opens nothing any more."""
    client = half_way()
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    step = client.get("/login/factor/?next=/activity/").headers["Location"]
    assert step == "/login/factor/totp/?next=%2Factivity%2F"

    answer = client.post(step, {"code": f" {alice.code()} "})

    assert answer.headers["Location"] == "/activity/"
    assert client.get("/activity/").status_code == 200
    old = stranger()
    old.cookies[settings.SESSION_COOKIE_NAME] = before
    assert old.get("/activity/").status_code == 302
    assert old.get(step).headers["Location"].startswith("/login/")


def test_a_wrong_password_tells_nothing_of_the_factor(alice: Person, acme: Tenant) -> None:
    """ASVS 6.3.8: with or without a factor, a wrong password gets the same page."""
    make_person(acme, "bob")

    def refused(user_id: str) -> str:
        text = stranger().post("/login/", TYPED | {"user_id": user_id, "password": "wrong"}).content.decode()
        return re.sub(r'nonce="[^"]*"|value="[^"]*"', "", text)

    assert refused("alice") == refused("bob")


def test_a_new_password_does_not_get_round_it(alice: Person) -> None:
    """ASVS 6.4.3: after a reset the code is asked for as ever."""
    with tenant_transaction(alice.tenant.id):
        link = issue_reset(alice.user, actor=Actor.system("test"))
    client, word = stranger(), "another horse battery staple"
    client.post("/" + link.split("/", 3)[3], {"password": word, "repeated": word})

    answer = client.post("/login/", TYPED | {"password": word})

    assert answer.headers["Location"].startswith("/login/factor/")


def test_ten_minutes_are_enough(alice: Person) -> None:
    """A pending log-in is worth nothing later."""
    client = half_way()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.post("/login/factor/totp/", {"code": alice.code()}).headers["Location"] == "/login/"


def test_the_page_speaks_the_persons_language(alice: Person) -> None:
    """T10: whoever has given the right password is known."""
    with tenant_transaction(alice.tenant.id):
        type(alice.user).objects.filter(id=alice.user.id).update(language="ja")
    assert "認証アプリ" in page_of(half_way(), "/login/factor/totp/")


# --- Recovery codes ----------------------------------------------------------------------------------------------
def test_codes_are_shown_once_and_stored_as_hashes(alice: Person) -> None:
    """ASVS 6.5.2, 6.5.4: ten of 120 bits; the second look shows none."""
    client = alice.client()
    shown = re.findall(r"<code>([0-9a-z-]{29})</code>", client.post("/profile/factors/recovery/").content.decode())
    assert len(set(shown)) == recovery.NUMBER
    assert recovery.BITS >= 112
    assert shown[0] not in page_of(client, "/profile/factors/recovery/")
    with tenant_transaction(alice.tenant.id):
        stored = str(list(RecoveryCode.objects.values()))
    assert not any(code in stored or code.replace("-", "") in stored for code in shown)


def test_a_recovery_code_works_once(alice: Person) -> None:
    """ASVS 6.5.1: typed as people type, and never again."""
    with tenant_transaction(alice.tenant.id):
        code = recovery.renew(alice.user)[3]
    sloppy = code.upper().replace("-", " ").replace("0", "O").replace("1", "l")

    assert half_way().post("/login/factor/recovery/", {"code": sloppy}).headers["Location"] == "/"
    again = half_way().post("/login/factor/recovery/", {"code": code})

    assert again.status_code == 200
    assert newest_event(alice.tenant, "accounts.login.succeeded").after == {"method": "password+recovery"}
    assert newest_event(alice.tenant, "accounts.factor.refused").after == {"kind": "recovery"}


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_recovers(alice: Person) -> None:
    """ASVS 6.5.1: one statement uses a code up."""
    with tenant_transaction(alice.tenant.id):
        code = recovery.renew(alice.user)[0]

    def spend() -> bool:
        with tenant_transaction(alice.tenant.id):
            return recovery.spend(alice.user, code)

    assert sorted(at_once(*[spend] * 20)) == [False] * 19 + [True]


def test_few_codes_are_a_warning(alice: Person) -> None:
    """A5: somebody who has used most of them is told."""
    client = alice.client()
    assert "recovery codes are left" in page_of(client, "/profile/factors/")
    client.post("/profile/factors/recovery/")
    assert "10 codes are left." in page_of(client, "/profile/factors/")


# --- Confirming once more ----------------------------------------------------------------------------------------
def test_a_risky_action_asks_again_after_ten_minutes(acme: Tenant) -> None:
    """ASVS 7.5.1, 7.5.3, 7.2.4: what was sent is not done; the password leads back, with a new cookie."""
    admin = make_person(acme, "alice", "administrator")
    client = admin.client()
    values = {"min_length": "14"}
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.post("/console/security/", values, headers={"referer": "http://testserver/console/security/"})
        ask = answer.headers["Location"]
        assert ask == "/confirm/?next=%2Fconsole%2Fsecurity%2F&unsent=1"
        assert "Nothing was done yet" in page_of(client, "/confirm/", unsent="1")
        before = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert client.post(ask, {"password": "wrong"}).status_code == 200
        assert client.post(ask, {"password": PASSWORD}).headers["Location"] == "/console/security/"
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
        assert client.post("/console/roles/new/", {"name": "Accounting", "menus": ["documents"]}).status_code == 302
    assert [action for action in actions_of(acme) if "identity" in action or "role." in action] == [
        "accounts.identity.refused",
        "accounts.identity.confirmed",
        "accounts.role.created",
    ]


def test_guessing_the_password_there_is_slowed_down_as_well(acme: Tenant) -> None:
    """ASVS 6.3.1: a session that was left open is no place to guess."""
    with tenant_transaction(acme.id):
        change_policy({"failures_allowed": 3}, actor=Actor.system("test"))
    client = make_person(acme, "alice").client()
    for _try in range(3):
        client.post("/confirm/", {"password": "wrong"})
    assert client.post("/confirm/", {"password": PASSWORD}).status_code == 200


def test_back_leads_to_our_own_pages_only(acme: Tenant) -> None:
    """ASVS 3.7.2."""
    client = make_person(acme, "alice").client()
    answer = client.post("/confirm/?next=https://evil.example/", {"password": PASSWORD})
    assert answer.headers["Location"] == "/"
