"""Invitations (A7): one personal link, random, short-lived, void on first use and when a newer one is issued."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.links import LinkVoid, issue_invitation
from accounts.models import OneTimeLink, Role, User, UserState
from accounts.users import accept_invitation, change_user, invite_again, register_user, resume_user, suspend_user
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, mailed_invitation, newest_event, stranger
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, Person

pytestmark = pytest.mark.django_db

TYPED = {"password": PASSWORD, "repeated": PASSWORD}


def register(cast: Cast, *, by_mail: bool) -> User:
    """Register Nina, inside her company."""
    return register_user(
        user_id="nina",
        name="Nina New",
        email="nina@acme.example",
        roles=[Role.objects.get(code="reader")],
        actor=cast.admin.actor,
        language="en",
        by_mail=by_mail,
    )


@pytest.fixture
def invited(cast: Cast) -> Person:
    """Somebody who was registered and has no password yet."""
    with tenant_transaction(cast.admin.tenant.id):
        return Person(register(cast, by_mail=False), cast.admin.tenant)


def invitation_of(person: Person, inviter: Person) -> str:
    """The path of a fresh personal link."""
    with tenant_transaction(person.tenant.id):
        return issue_invitation(person.user, actor=inviter.actor).removeprefix(settings.PUBLIC_URL)


def secret_in(path: str) -> BearerSecret:
    """The secret that a link consists of."""
    secret = BearerSecret.parse(path.rstrip("/").rpartition("/")[2])
    assert secret is not None
    return secret


def test_the_link_leads_to_a_password_and_the_password_lets_in(cast: Cast, invited: Person) -> None:
    """A7: from the invitation to the start page."""
    link = invitation_of(invited, cast.admin)
    client = stranger()
    page = client.get(link).content.decode()
    assert "Nina New" in page
    assert "Acme Trading" in page
    response = client.post(link, TYPED)
    assert response["Location"] == "/login/?company=ACME"
    assert 'value="ACME"' in client.get(response["Location"]).content.decode()
    client.post("/login/", {"company_code": "ACME", "user_id": "nina", "password": PASSWORD})
    assert "Welcome, Nina New" in client.get("/").content.decode()
    assert newest_event(invited.tenant, "accounts.invitation.accepted").actor_user_id == "nina"


def test_looking_does_not_use_the_link_up(cast: Cast, invited: Person) -> None:
    """Research 4.6: mail scanners open every link before its reader does."""
    link = invitation_of(invited, cast.admin)
    for _ in range(3):
        assert stranger().get(link).status_code == 200
    assert stranger().post(link, TYPED).status_code == 302


def test_a_used_link_is_void(cast: Cast, invited: Person) -> None:
    """A7: void on first use; the page says what to do."""
    link = invitation_of(invited, cast.admin)
    stranger().post(link, TYPED)
    for response in (stranger().get(link), stranger().post(link, TYPED)):
        assert response.status_code == 410
        assert "ask the administrator" in response.content.decode()


def test_a_link_is_void_after_three_days(cast: Cast, invited: Person) -> None:
    """A7: short-lived."""
    link = invitation_of(invited, cast.admin)
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(hours=72) - timedelta(seconds=5)):
        assert stranger().get(link).status_code == 200
    with time_machine.travel(now + timedelta(hours=72) + timedelta(seconds=5)):
        assert stranger().get(link).status_code == 410
        assert stranger().post(link, TYPED).status_code == 410


def test_a_newer_link_replaces_the_earlier_one(cast: Cast, invited: Person) -> None:
    """A7: one personal link."""
    earlier, newer = invitation_of(invited, cast.admin), invitation_of(invited, cast.admin)
    assert stranger().get(earlier).status_code == 410
    assert stranger().get(newer).status_code == 200


@pytest.mark.parametrize("secret", ["x", "0" * 32, f"{'0' * 32}.{'x' * 43}", "%00", "a.b.c"])
def test_a_link_that_never_was_is_void_as_well(db: None, secret: str) -> None:
    """A7: which kind of void a link is, is nobody's business."""
    assert stranger().get(f"/invitation/{secret}/").status_code == 410


def test_a_link_opens_its_own_company_only(cast: Cast, invited: Person) -> None:
    """T1: the secret names its tenant, and there it must be found."""
    secret = secret_in(invitation_of(invited, cast.admin))
    for tenant_id in (cast.outsider.tenant.id, uuid4()):
        assert stranger().get(f"/invitation/{BearerSecret(tenant_id, secret.random)}/").status_code == 410


def test_a_weak_password_is_refused_and_the_link_stays(cast: Cast, invited: Person) -> None:
    """ASVS 6.2.4: a mistake does not cost the invitation."""
    link = invitation_of(invited, cast.admin)
    for password, complaint in (
        ("short", "shorter than 15 characters"),
        ("nina@acme.example", "easily guessed"),
        ("administrator", "most common"),
    ):
        page = stranger().post(link, {"password": password, "repeated": password})
        assert page.status_code == 200
        assert complaint in page.content.decode()
    answer = stranger().post(link, TYPED | {"repeated": "something else"})
    assert "The two passwords are not the same." in answer.content.decode()
    assert stranger().post(link, TYPED).status_code == 302


def test_the_page_does_not_hand_its_address_on(cast: Cast, invited: Person) -> None:
    """Research 4.6: the secret leaves neither by a Referer nor by a cache, whatever the answer."""
    link = invitation_of(invited, cast.admin)
    for response in (stranger().get(link), stranger().post(link, {"password": "x"}), stranger().get("/invitation/x/")):
        assert response["Referrer-Policy"] == "strict-origin"
        assert "no-store" in response["Cache-Control"]


def test_the_database_knows_the_hash_of_a_link_only(cast: Cast, invited: Person) -> None:
    """A7: neither the table of links nor the audit log helps a thief."""
    secret = secret_in(invitation_of(invited, cast.admin))
    with tenant_transaction(invited.tenant.id):
        row = OneTimeLink.objects.values().get(user=invited.user)
    assert len(secret.random) >= 43
    assert row["token_hash"] == secret.hash
    assert secret.random not in str(row)
    event = newest_event(invited.tenant, "accounts.invitation.sent")
    assert secret.random not in str(vars(event))


def test_a_suspended_user_has_no_link(cast: Cast, invited: Person) -> None:
    """A8: suspending voids it; resuming sends another one."""
    link = invitation_of(invited, cast.admin)
    with tenant_transaction(invited.tenant.id):
        suspend_user(invited.user, actor=cast.admin.actor)
    assert stranger().get(link).status_code == 410
    assert stranger().post(link, TYPED).status_code == 410
    with tenant_transaction(invited.tenant.id):
        resume_user(invited.user, actor=cast.admin.actor)
        assert invited.user.state == UserState.INVITED


def test_another_address_voids_the_link_that_went_to_the_first(cast: Cast, invited: Person) -> None:
    """Research 4.6: a mail to the wrong person can be called back."""
    link = invitation_of(invited, cast.admin)
    with tenant_transaction(invited.tenant.id):
        change_user(invited.user, name="Nina Newer", email="nina@acme.example", actor=cast.admin.actor)
    assert stranger().get(link).status_code == 200
    with tenant_transaction(invited.tenant.id):
        change_user(invited.user, name="Nina Newer", email="new@acme.example", actor=cast.admin.actor)
    assert stranger().get(link).status_code == 410


def test_only_those_are_invited_again_who_have_not_come(cast: Cast, invited: Person) -> None:
    """A7: an invitation is no way to another person's password."""
    with tenant_transaction(invited.tenant.id), pytest.raises(ValidationError):
        invite_again(cast.editor.user, actor=cast.admin.actor)
    with tenant_transaction(invited.tenant.id):
        invite_again(invited.user, actor=cast.admin.actor)
    assert newest_event(invited.tenant, "accounts.invitation.repeated").actor_user_id == "alice"


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_the_mail_brings_the_link_in_the_users_language(cast: Cast) -> None:
    """A7: registering sends it once the registration is committed; the job records that it issued a link."""
    with tenant_transaction(cast.admin.tenant.id):
        register(cast, by_mail=True)
        assert mail.outbox == []
    (letter,) = mail.outbox
    assert letter.to == ["nina@acme.example"]
    assert "Acme Trading" in letter.subject
    assert stranger().post(mailed_invitation(), TYPED).status_code == 302
    assert actions_of(cast.admin.tenant) == [
        "accounts.user.registered",
        "accounts.roles.given",
        "accounts.invitation.sent",
        "accounts.invitation.accepted",
    ]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_of_two_who_use_a_link_at_once_one_succeeds(cast: Cast, invited: Person) -> None:
    """A7: single use holds in a race."""
    secret = secret_in(invitation_of(invited, cast.admin))
    passwords = [f"correct horse battery {number}" for number in range(6)]

    def accept(password: str) -> User:
        with tenant_transaction(invited.tenant.id):
            return accept_invitation(secret, password=password)

    outcomes = at_once(*(lambda p=password: accept(p) for password in passwords))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkVoid"] * 5 + ["User"]
    winner = passwords[next(n for n, outcome in enumerate(outcomes) if isinstance(outcome, User))]
    with tenant_transaction(invited.tenant.id):
        assert [p for p in passwords if User.objects.get(user_id="nina").check_password(p)] == [winner]
        assert isinstance(next(o for o in outcomes if not isinstance(o, User)), LinkVoid)
