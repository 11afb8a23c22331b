"""Users in the console (A7-A10, T7). Who may open which page is in tests/test_permission_matrix.py."""

from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.menus import ADMINISTRATOR, READER
from accounts.models import User, UserState
from accounts.queries import menus_of
from tenants import limits
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, mailed_invitation, newest_event, page_of
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import built_in_role, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def user_of(cast: Cast, user_id: str) -> User:
    """A user of ACME as the database has them now."""
    with tenant_transaction(cast.admin.tenant.id):
        return User.objects.get(user_id=user_id)


QUERIES_OF_THE_LIST = 14


# --- The list ----------------------------------------------------------------------------------------------------
def test_the_list_shows_the_company_and_nobody_else(cast: Cast, client: Client) -> None:
    """T1, A8: name, ID, roles, state; not a trace of GLOBEX."""
    page = page_of(client, "/console/users/")
    for expected in ("Alice", "erin", "Editor", "Active", "3 of 50"):
        assert expected in page
    assert "gina" not in page
    assert "globex" not in page.lower()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "ERI"}, ["erin"]),
        ({"q": "rob@acme"}, ["rob"]),
        ({"q": "zzz"}, []),
        ({"q": "%"}, []),
        ({"state": "suspended"}, ["sam"]),
        ({"state": "suspended", "q": "erin"}, []),
        ({"state": "no-such-state"}, ["alice", "erin", "rob", "sam"]),
    ],
)
def test_search_and_state_narrow_the_list(cast: Cast, client: Client, query: dict[str, str], found: list[str]) -> None:
    """A8: by a part of name, ID or address."""
    make_person(cast.admin.tenant, "sam", state=UserState.SUSPENDED)
    page = page_of(client, "/console/users/", **query)
    assert [user_id for user_id in ("alice", "erin", "rob", "sam") if f"<code>{user_id}</code>" in page] == found


def test_the_list_has_pages_of_25(cast: Cast, client: Client) -> None:
    """A8: also for large companies."""
    for number in range(30):
        make_person(cast.admin.tenant, f"user{number:02}")
    assert page_of(client, "/console/users/").count("<code>user") + 3 == 25
    assert page_of(client, "/console/users/", page="2").count("<code>user") == 8


@pytest.mark.parametrize("order", ["name", "-name", "email", "state", "-state", "last_login", "-last_login"])
def test_the_list_can_be_sorted(cast: Cast, client: Client, order: str) -> None:
    """A8: those who never logged in count as the longest away."""
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.filter(user_id="rob").update(last_login="2026-11-02T00:00:00Z")
        User.objects.filter(user_id="erin").update(last_login="2026-11-01T00:00:00Z", state=UserState.SUSPENDED)
    page = page_of(client, "/console/users/", sort=order)
    shown = sorted(("alice", "erin", "rob"), key=lambda user_id: page.index(f"<code>{user_id}</code>"))
    assert (
        shown
        == {
            "name": ["alice", "erin", "rob"],
            "-name": ["rob", "erin", "alice"],
            "email": ["alice", "erin", "rob"],
            "state": ["alice", "rob", "erin"],
            "-state": ["erin", "rob", "alice"],
            "last_login": ["alice", "erin", "rob"],
            "-last_login": ["rob", "erin", "alice"],
        }[order]
    )


@pytest.mark.parametrize("others", [0, 30])
def test_the_list_costs_the_same_for_many(
    cast: Cast, client: Client, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Style 7.22: one number of queries at 3 and at 33 users."""
    for number in range(others):
        make_person(cast.admin.tenant, f"user{number:02}", READER)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        page_of(client, "/console/users/")


# --- Registering -------------------------------------------------------------------------------------------------
NEW = {"user_id": "Ｎｉｎａ", "name": "Nina New", "email": "nina@acme.example", "language": "en"}


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_registering_invites(cast: Cast, client: Client) -> None:
    """A7, A8: from the form to the personal link in the mail."""
    role = built_in_role(cast.admin.tenant, READER)
    response = client.post("/console/users/new/", NEW | {"roles": [role.id]}, follow=True)
    page = response.content.decode()
    assert "Nina New (nina) was registered and gets an invitation by e-mail." in page
    assert "Invited" in page
    user = user_of(cast, "nina")
    with tenant_transaction(cast.admin.tenant.id):
        assert menus_of(user) == {"documents"}
    assert client.get(mailed_invitation()).status_code == 200
    event = newest_event(cast.admin.tenant, "accounts.user.registered")
    assert (event.actor_user_id, event.ip) == ("alice", "127.0.0.1")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"user_id": ""}, "This field is required."),
        ({"user_id": "a b"}, "Use letters, digits and . _ @ + - only."),
        ({"user_id": "erin"}, "This user ID is taken."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"name": ""}, "This field is required."),
        ({"language": "xx"}, "Select a valid choice."),
        ({"roles": [str(uuid4())]}, "Select a valid choice."),
        ({"roles": ["nonsense"]}, "is not a valid"),
    ],
)
def test_bad_input_gets_a_message(cast: Cast, client: Client, change: dict[str, object], complaint: str) -> None:
    """D6: and nothing is stored or sent."""
    response = client.post("/console/users/new/", NEW | change)
    assert response.status_code == 200
    assert complaint in response.content.decode().replace("“", "").replace("”", "")
    assert actions_of(cast.admin.tenant) == []
    assert mail.outbox == []


def test_a_role_of_another_company_cannot_be_given(cast: Cast, client: Client) -> None:
    """T1: its key is as unknown as one that never was."""
    foreign = built_in_role(cast.outsider.tenant, ADMINISTRATOR)
    for address, typed in (("/console/users/new/", NEW), (f"/console/users/{cast.editor.user.id}/roles/", {})):
        page = client.post(address, typed | {"roles": [foreign.id]}).content.decode()
        assert "Select a valid choice." in page
    assert actions_of(cast.admin.tenant) == []


def test_a_full_plan_is_told(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """T7: before and after the form is sent."""
    monkeypatch.setattr(limits, "users_of_plan", lambda: limits.Use(3, 3))
    assert "Your plan is full" in page_of(client, "/console/users/new/")
    page = client.post("/console/users/new/", NEW).content.decode()
    assert "Your plan allows 3 users, and all are in use." in page
    assert actions_of(cast.admin.tenant) == []


# --- One user ----------------------------------------------------------------------------------------------------
def test_name_and_address_can_be_corrected(cast: Cast, client: Client) -> None:
    """A8: with before and after on record."""
    address = f"/console/users/{cast.editor.user.id}/"
    response = client.post(address, {"name": "Erin E.", "email": "ee@acme.example"})
    assert response["Location"] == address
    assert (user_of(cast, "erin").name, user_of(cast, "erin").email) == ("Erin E.", "ee@acme.example")
    page = client.post(address, {"name": "", "email": "x"}).content.decode()
    assert "Please check what you entered." in page
    assert actions_of(cast.admin.tenant) == ["accounts.user.changed"]


def test_roles_are_given_on_the_users_page(cast: Cast, client: Client) -> None:
    """A9: exactly those that are ticked."""
    role = built_in_role(cast.admin.tenant, READER)
    address = f"/console/users/{cast.editor.user.id}/"
    assert client.post(address + "roles/", {"roles": [role.id]})["Location"] == address
    with tenant_transaction(cast.admin.tenant.id):
        assert menus_of(cast.editor.user) == {"documents"}


def test_the_last_administrator_keeps_the_role(cast: Cast, client: Client) -> None:
    """A10: with the reason on the page."""
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.filter(user_id="alice").update(last_login="2026-11-01T00:00:00Z")
    page = client.post(f"/console/users/{cast.admin.user.id}/roles/", {}).content.decode()
    assert "At least one active user must keep the right to manage users." in page
    with tenant_transaction(cast.admin.tenant.id):
        assert "console.users" in menus_of(cast.admin.user)


def test_suspending_asks_first_and_names_what_follows(cast: Cast, client: Client) -> None:
    """A8, DESIGN 12: the question changes nothing."""
    address = f"/console/users/{cast.editor.user.id}/suspend/"
    editor = cast.editor.client()
    page = page_of(client, address)
    assert "Suspend Erin (erin)?" in page
    assert "logged out everywhere at once" in page
    assert editor.get("/").status_code == 200

    page = client.post(address, follow=True).content.decode()

    assert "Erin (erin) was suspended and logged out everywhere." in page
    assert editor.get("/").status_code == 302
    assert user_of(cast, "erin").state == UserState.SUSPENDED
    assert actions_of(cast.admin.tenant) == ["accounts.user.suspended", "accounts.sessions.ended"]


def test_suspending_oneself_is_refused_with_the_reason(cast: Cast, client: Client) -> None:
    """A10: neither offered nor possible."""
    address = f"/console/users/{cast.admin.user.id}/"
    assert "suspend/" not in page_of(client, address)
    assert "You cannot suspend yourself." in client.post(address + "suspend/", follow=True).content.decode()


def test_resuming_lets_the_user_in_again(cast: Cast, client: Client) -> None:
    """A8: within the plan."""
    person = make_person(cast.admin.tenant, "sam", state=UserState.SUSPENDED)
    page = client.post(f"/console/users/{person.user.id}/resume/", follow=True).content.decode()
    assert "Sam (sam) can use the account again." in page
    assert user_of(cast, "sam").state == UserState.ACTIVE
    page = client.post(f"/console/users/{person.user.id}/resume/", follow=True).content.decode()
    assert "This user is not suspended." in page


def test_resuming_needs_room_in_the_plan(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """T7: suspending one and resuming another is no way round the limit."""
    person = make_person(cast.admin.tenant, "sam", state=UserState.SUSPENDED)
    monkeypatch.setattr(limits, "users_of_plan", lambda: limits.Use(3, 3))
    page = client.post(f"/console/users/{person.user.id}/resume/", follow=True).content.decode()
    assert "Your plan allows 3 users" in page
    assert user_of(cast, "sam").state == UserState.SUSPENDED


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_inviting_again_sends_another_mail(cast: Cast, client: Client) -> None:
    """A7: the earlier link becomes void; those who are in already get none."""
    client.post("/console/users/new/", NEW)
    address = f"/console/users/{user_of(cast, 'nina').id}/invite/"
    first = mailed_invitation()
    assert "The earlier link is void." in client.post(address, follow=True).content.decode()
    assert client.get(first).status_code == 410
    assert client.get(mailed_invitation()).status_code == 200
    page = client.post(f"/console/users/{cast.editor.user.id}/invite/", follow=True).content.decode()
    assert "This user has accepted the invitation already." in page
    assert len(mail.outbox) == 2
