"""A new password that is due, and being told of it in time (A2; ASVS 6.2.10, 6.4.5, 6.4.6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from accounts.policy.services import change_policy
from accounts.tasks import tell_of_ending_passwords
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, stranger
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, Person

pytestmark = pytest.mark.django_db

NEW = "a quite different sentence"
TYPED = {"current": PASSWORD, "password": NEW, "repeated": NEW}
DAY = timedelta(days=1)


def set_ago(cast: Cast, ago: timedelta, *, valid: int = 90) -> None:
    """Let the passwords of ACME be so old and valid for so many days. (The log has no room for the far future.)"""
    with tenant_transaction(cast.admin.tenant.id):
        change_policy({"expiry_days": valid}, actor=cast.admin.actor)
        User.objects.update(password_set_at=datetime.now(UTC) - ago)


def demand(person: Person) -> None:
    """Somebody else set the password, or an administrator wants another one."""
    with tenant_transaction(person.tenant.id):
        User.objects.filter(id=person.user.id).update(must_change_password=True)


def test_nothing_expires_by_default(cast: Cast) -> None:
    """ASVS 6.2.10: five years later nobody is asked."""
    set_ago(cast, 5 * 365 * DAY, valid=0)
    page = cast.editor.client().get("/")
    assert page.status_code == 200
    assert "Your password ends" not in page.content.decode()


def test_only_the_change_and_the_way_out_are_open(cast: Cast) -> None:
    """A2: after a right password, never as a lockout; pages, forms and files alike lead to the change."""
    demand(cast.admin)
    client = stranger()
    assert client.post("/login/", {"company_code": "ACME", "user_id": "alice", "password": PASSWORD}).status_code == 302
    for address in ("/", "/profile/", "/documents/", "/console/users/", "/sessions/"):
        assert client.get(address)["Location"] == "/password/renew/"
    assert client.post("/documents/upload/")["Location"] == "/password/renew/"
    assert client.post("/profile/password/", TYPED)["Location"] == "/password/renew/"
    assert client.get("/password/renew/").status_code == 200
    assert client.post("/logout/")["Location"] == "/login/"


def test_changing_it_opens_the_rest(cast: Cast) -> None:
    """A2: the same session goes on; others end."""
    demand(cast.editor)
    client, other = cast.editor.client(), cast.editor.client()
    for wrong in (
        {"current": "wrong"},
        {"password": "short", "repeated": "short"},
        {"password": PASSWORD, "repeated": PASSWORD},
    ):
        assert client.post("/password/renew/", TYPED | wrong).status_code == 200
        assert client.get("/").status_code == 302
    assert client.post("/password/renew/", TYPED)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert other.get("/")["Location"].startswith("/login/")
    assert client.get("/password/renew/")["Location"] == "/profile/"


def test_an_expired_password_still_opens_the_change(cast: Cast) -> None:
    """A3: 90 days and a second later."""
    set_ago(cast, 90 * DAY - timedelta(minutes=1))
    client = cast.editor.client()
    assert client.get("/").status_code == 200
    set_ago(cast, 90 * DAY + timedelta(seconds=1))
    assert client.get("/")["Location"] == "/password/renew/"
    assert "end of its validity" in client.get("/password/renew/").content.decode()
    client.post("/password/renew/", TYPED)
    assert client.get("/").status_code == 200


def test_an_administrator_demands_and_never_types_a_password(cast: Cast) -> None:
    """ASVS 6.4.6: effective at the next click, recorded; no form of the console has a field for a password."""
    admin, editor = cast.admin.client(), cast.editor.client()
    page = f"/console/users/{cast.editor.user.id}/"
    for address in (page, "/console/users/new/"):
        assert 'type="password"' not in admin.get(address).content.decode()
    assert admin.post(page + "demand-password/").status_code == 302
    assert editor.get("/")["Location"] == "/password/renew/"
    assert "accounts.password.demanded" in actions_of(cast.admin.tenant)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_notices_go_out_once_each(cast: Cast) -> None:
    """ASVS 6.4.5: at -14, -7 and -1 days, however often the job runs; one that was missed is caught up with."""
    told: dict[int, list[Any]] = {}
    for left in (20, 15, 14, 13, 8, 7, 3, 1, 0, -2):
        mail.outbox.clear()
        set_ago(cast, (90 - left) * DAY + timedelta(minutes=1))
        for _ in range(2):
            tell_of_ending_passwords()
        subjects = [message.subject for message in mail.outbox if message.to == ["erin@acme.example"]]
        told |= {left: subjects} if subjects else {}
    assert told == {
        14: ["Your password ends in 14 days"],
        7: ["Your password ends in 7 days"],
        1: ["Your password ends in 1 day"],
    }


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_notice_that_was_missed_is_caught_up_with(cast: Cast) -> None:
    """ASVS 6.4.5: a job that did not run for days tells those who are due then, once."""
    set_ago(cast, 85 * DAY)
    tell_of_ending_passwords()
    assert [message.subject for message in mail.outbox if "erin" in message.to[0]] == ["Your password ends in 7 days"]
    assert "you will not be locked out" in str(mail.outbox[0].body)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_new_password_begins_anew(cast: Cast) -> None:
    """ASVS 6.4.5: whoever changed it in time is not told again, until the next end."""
    set_ago(cast, 80 * DAY)
    tell_of_ending_passwords()
    cast.editor.client().post("/profile/password/", TYPED)
    mail.outbox.clear()
    tell_of_ending_passwords()
    assert mail.outbox == []
    set_ago(cast, 80 * DAY)
    tell_of_ending_passwords()
    assert [message.to for message in mail.outbox] == [["erin@acme.example"]]


@pytest.mark.parametrize(("left", "shown"), [(15, ""), (14, "in 14 days"), (1, "in 1 day"), (0, "today")])
def test_the_start_page_says_so(cast: Cast, left: int, shown: str) -> None:
    """ASVS 6.4.5: in the product as well."""
    set_ago(cast, (90 - left) * DAY - timedelta(hours=1))
    page = cast.editor.client().get("/").content.decode()
    assert ("Your password ends" in page) == bool(shown)
    assert f"Your password ends {shown}" in page or not shown
