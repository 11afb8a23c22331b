"""A forgotten password (ASVS 6.3.8, 6.4.1, 6.4.3): one answer, a link that works once, no way round the log-in."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from pytest_django import Settings as SettingsFixture

from accounts import users
from accounts.models import OneTimeLink, User, UserState
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, comparable, stranger
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

NEW = "a quite different sentence"
TYPED = {"password": NEW, "repeated": NEW}
ERIN = {"company_code": "ACME", "user_id": "erin"}


def ask(**typed: str) -> Any:
    """Ask for a link as somebody who is not logged in."""
    return stranger().post("/password/forgotten/", ERIN | typed)


def mailed_link(number: int = -1) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://[^/\s]+(/password/reset/\S+)", str(mail.outbox[number].body))
    assert found is not None
    return found[1]


def log_in(password: str) -> bool:
    """Whether Erin gets in with it."""
    return stranger().post("/login/", ERIN | {"password": password}).status_code == 302


def test_the_way_back(cast: Cast) -> None:
    """A2: ask, read the mail, set a password, log in with it; every session before has ended, and the log knows."""
    client = cast.editor.client()
    ask()
    assert mail.outbox[0].to == ["erin@acme.example"]
    page = stranger().get(mailed_link())
    assert "erin" in page.content.decode()
    answer = stranger().post(mailed_link(0), TYPED)
    assert answer["Location"] == "/login/?company=ACME"
    assert not log_in(PASSWORD)
    assert client.get("/").status_code == 302
    assert log_in(NEW)
    assert actions_of(cast.editor.tenant)[:4] == [
        "accounts.reset.requested",
        "accounts.reset.sent",
        "accounts.password.reset",
        "accounts.sessions.ended",
    ]
    assert "was changed" in mail.outbox[1].body  # ASVS 6.3.7


def test_a_reset_opens_no_session(cast: Cast) -> None:
    """ASVS 6.4.3: a second factor is asked for at the log-in as ever."""
    ask()
    browser = stranger()
    browser.post(mailed_link(), TYPED)
    assert settings.SESSION_COOKIE_NAME not in browser.cookies


@pytest.mark.parametrize(
    "typed", [{"user_id": "nobody"}, {"company_code": "NOBODY"}, {"user_id": "suspended"}, {"user_id": "erin"}]
)
def test_the_answer_is_the_same_for_everybody(cast: Cast, typed: dict[str, str]) -> None:
    """ASVS 6.3.8: neither the page nor the number of statements tells whether there is such a user."""
    with tenant_transaction(cast.reader.tenant.id):
        User.objects.filter(id=cast.reader.user.id).update(state=UserState.SUSPENDED, user_id="suspended")
    nobody = stranger().post("/password/forgotten/", {"company_code": "ABSENT", "user_id": "absent"})
    assert comparable(stranger().post("/password/forgotten/", ERIN | typed)) == comparable(nobody)
    assert len(mail.outbox) == (typed == {"user_id": "erin"})


def test_the_statements_are_the_same_for_everybody(
    cast: Cast, settings: SettingsFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASVS 6.3.8: the job that looks for the user runs elsewhere."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from accounts import resets

    monkeypatch.setattr(resets, "queue_on_commit", lambda *_args: None)
    seen = []
    for typed in (ERIN, ERIN | {"user_id": "nobody"}, ERIN | {"company_code": "NOBODY"}):
        with CaptureQueriesContext(connection) as queries:
            resets.request_reset(**typed)
        seen.append(len(queries))
    assert len(set(seen)) == 1


def test_looking_does_not_use_the_link_up_and_setting_does(cast: Cast) -> None:
    """ASVS 6.4.1: scanners of mail open links; a link works once."""
    ask()
    link = mailed_link()
    for _ in range(2):
        assert stranger().get(link).status_code == 200
    assert stranger().post(link, {"password": "short", "repeated": "short"}).status_code == 200
    assert stranger().post(link, TYPED).status_code == 302
    assert stranger().post(link, TYPED).status_code == 410
    assert stranger().get(link)["Referrer-Policy"] == "strict-origin"


def test_of_two_who_use_it_at_once_one_wins(cast: Cast) -> None:
    """ASVS 6.4.1: single use, in parallel too."""
    ask()
    link = mailed_link()
    answers = at_once(*[lambda: stranger().post(link, TYPED).status_code] * 4)
    assert sorted(answers) == [302, 410, 410, 410]


def test_the_link_is_void_after_half_an_hour(cast: Cast) -> None:
    """ASVS 6.4.1: short-lived; and only its hash is stored."""
    ask()
    link = mailed_link()
    with tenant_transaction(cast.editor.tenant.id):
        row = OneTimeLink.objects.values().get()
    assert link.rstrip("/").rpartition(".")[2] not in str(row)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=settings.RESET_MINUTES, seconds=1)):
        assert stranger().get(link).status_code == 410
        assert stranger().post(link, TYPED).status_code == 410


@pytest.mark.parametrize("event", ["newer", "password", "email", "suspended"])
def test_the_link_is_void_after(cast: Cast, event: str) -> None:
    """Research 4.6: a newer link, another password or address, and the end of the account."""
    ask()
    link = mailed_link()
    with tenant_transaction(cast.editor.tenant.id):
        user = User.objects.get(user_id="erin")
        if event == "password":
            users.change_password(user, current=PASSWORD, password=NEW, keep=None)
        elif event == "email":
            users.change_user(user, name=user.name, email="else@acme.example", actor=cast.admin.actor)
        elif event == "suspended":
            users.suspend_user(user, actor=cast.admin.actor)
    if event == "newer":
        ask()
    assert stranger().post(link, TYPED).status_code == 410


def test_a_link_is_for_its_own_purpose(cast: Cast) -> None:
    """Research 4.6: bound to tenant, user and purpose."""
    ask()
    secret = mailed_link().rstrip("/").rpartition("/")[2]
    assert stranger().post(f"/invitation/{secret}/", TYPED).status_code == 410
    other = secret.replace(cast.editor.tenant.id.hex, cast.outsider.tenant.id.hex)
    assert stranger().post(f"/password/reset/{other}/", TYPED).status_code == 410


def test_mails_for_one_user_are_limited(cast: Cast) -> None:
    """ASVS 6.3.1: nobody's mail box is filled by a stranger; the answer does not tell."""
    for _ in range(settings.RESET_REQUESTS + 3):
        assert ask().status_code == 200
    assert len(mail.outbox) == settings.RESET_REQUESTS


def test_requests_of_one_address_are_limited(cast: Cast, settings: SettingsFixture) -> None:
    """ASVS 6.3.1: the same counter as that of the log-in."""
    settings.LOGIN_ADDRESS_FAILURES = 1
    settings.TRUSTED_PROXIES = 1
    browser = Client(headers={"x-forwarded-for": "203.0.113.77"})
    assert browser.post("/password/forgotten/", ERIN).status_code == 200
    response = browser.post("/password/forgotten/", ERIN)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 600
