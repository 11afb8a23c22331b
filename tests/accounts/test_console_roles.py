"""Roles in the console (A9). Who may open which page is in tests/test_permission_matrix.py."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.menus import ADMINISTRATOR, MENUS, READER, Audience
from accounts.models import Role, UserState
from accounts.queries import menus_of
from accounts.roles import create_role, give_roles
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, page_of
from tests.conftest import Cast
from tests.factories.people import built_in_role, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def test_a_role_is_made_and_changed(cast: Cast, client: Client) -> None:
    """A9: of the company's own making, with a name and menus."""
    response = client.post("/console/roles/new/", {"name": "Accounting", "menus": ["documents", "counterparties"]})
    assert response["Location"] == "/console/roles/"
    with tenant_transaction(cast.admin.tenant.id):
        role = Role.objects.get(custom_name="Accounting")
    page = page_of(client, "/console/roles/")
    assert "Accounting" in page
    assert "Made by your company" in page
    client.post(f"/console/roles/{role.id}/", {"name": "Finance", "menus": ["counterparties"]})
    with tenant_transaction(cast.admin.tenant.id):
        role.refresh_from_db()
    assert (role.name, role.menus) == ("Finance", ["counterparties"])
    assert actions_of(cast.admin.tenant) == ["accounts.role.created", "accounts.role.changed"]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"name": "", "menus": ["documents"]}, "This field is required."),
        ({"name": "Own"}, "Choose at least one menu."),
        ({"name": "Own", "menus": ["operator.tenants"]}, "Select a valid choice."),
        ({"name": "Editor", "menus": ["documents"]}, "A built-in role has this name."),
        ({"name": "Taken", "menus": ["documents"]}, "A role has this name already."),
    ],
)
def test_a_bad_role_gets_a_message(cast: Cast, client: Client, typed: dict[str, object], complaint: str) -> None:
    """D6: and is not made."""
    client.post("/console/roles/new/", {"name": "Taken", "menus": ["documents"]})
    response = client.post("/console/roles/new/", typed)
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert actions_of(cast.admin.tenant) == ["accounts.role.created"]


def test_only_menus_are_offered_that_the_company_can_have(cast: Cast, client: Client) -> None:
    """A9: grouped by whose they are, each with its explanation."""
    page = page_of(client, "/console/roles/new/")
    for expected in ("Workspace", "Upload, rename and delete files and folders", 'value="console.audit"'):
        assert expected in page
    assert "operator." not in page
    assert 'value="operator.tenants"' in page_of(cast.operator.client(), "/console/roles/new/")


def test_a_built_in_role_is_shown_and_locked(cast: Cast, client: Client) -> None:
    """A9: what it grants can be read, not changed; a role like it can be made."""
    role = built_in_role(cast.admin.tenant, READER)
    page = page_of(client, f"/console/roles/{role.id}/")
    assert "Browse folders, search, download files" in page
    assert 'type="checkbox"' not in page  # the button that demands a second factor is another matter
    posted = client.post(f"/console/roles/{role.id}/", {"name": "Boss", "menus": ["documents", "counterparties"]})
    assert "Built-in roles cannot be changed." in posted.content.decode()
    with tenant_transaction(cast.admin.tenant.id):
        assert menus_of(cast.reader.user) == {"documents"}
    assert page_of(client, "/console/roles/new/", like=str(role.id)).count("checked") == 1
    assert page_of(client, "/console/roles/new/", like="nonsense").count("checked") == 0


def own_role(cast: Cast, name: str, *menus: str) -> Role:
    """A role that ACME made."""
    with tenant_transaction(cast.admin.tenant.id):
        return create_role(name=name, menus=menus, actor=cast.admin.actor)


def test_the_matrix_shows_every_role_and_menu(cast: Cast, client: Client) -> None:
    """A9: built-in roles locked, those of the company with boxes; nothing of another company or of the operator."""
    own = own_role(cast, "Accounting", "documents", "counterparties")
    with tenant_transaction(cast.outsider.tenant.id):
        create_role(name="Secret", menus=["documents"], actor=cast.outsider.actor)
    page = page_of(client, "/console/roles/matrix/")
    assert page.count(f'name="menus-{own.id}"') == len(
        [menu for menu in MENUS if menu.audience is not Audience.OPERATOR]
    )
    assert page.count("checked") == 2
    assert page.count('name="role"') == 1
    assert "Secret" not in page
    assert "operator." not in page
    assert 'value="operator.tenants"' not in page


def test_the_matrix_changes_roles_at_once(cast: Cast, client: Client) -> None:
    """A9, ASVS 8.3.2: effective at the next request, recorded for each role that changed."""
    own, other = own_role(cast, "Accounting", "documents"), own_role(cast, "Other", "documents")
    with tenant_transaction(cast.admin.tenant.id):
        give_roles(cast.reader.user, [own], actor=cast.admin.actor)
    reader = cast.reader.client()
    assert reader.get("/documents/counterparties/").status_code == 403
    posted = {
        "role": [own.id, other.id, "nonsense", built_in_role(cast.outsider.tenant, READER).id],
        f"seen-{own.id}": "documents",
        f"menus-{own.id}": ["counterparties"],
        f"seen-{other.id}": "documents",
        f"menus-{other.id}": ["documents"],
    }
    assert "apply from the next click on" in client.post("/console/roles/matrix/", posted, follow=True).content.decode()
    assert reader.get("/documents/counterparties/").status_code == 200
    assert reader.get("/documents/").status_code == 403
    assert actions_of(cast.admin.tenant).count("accounts.role.changed") == 1


@pytest.mark.parametrize(
    ("seen", "menus", "complaint"),
    [
        ("documents,counterparties", ["documents"], "Somebody else has changed the role Accounting"),
        ("documents", [], "The role Accounting needs at least one menu."),
        ("documents", ["operator.tenants"], "This role cannot grant such a menu."),
    ],
)
def test_the_matrix_refuses(cast: Cast, client: Client, seen: str, menus: list[str], complaint: str) -> None:
    """A9, ASVS 8.2.3: all or nothing, also for what the page does not offer."""
    own, other = own_role(cast, "Accounting", "documents"), own_role(cast, "Other", "documents")
    posted = {
        "role": [other.id, own.id],
        f"seen-{own.id}": seen,
        f"menus-{own.id}": menus,
        f"seen-{other.id}": "documents",
        f"menus-{other.id}": ["counterparties"],
    }
    assert complaint in client.post("/console/roles/matrix/", posted, follow=True).content.decode()
    with tenant_transaction(cast.admin.tenant.id):
        assert {role.menus[0] for role in Role.objects.filter(code="")} == {"documents"}


def test_a_built_in_role_is_locked_in_the_matrix(cast: Cast, client: Client) -> None:
    """A9: also against a form of somebody's own."""
    role = built_in_role(cast.admin.tenant, READER)
    posted = {"role": [role.id], f"seen-{role.id}": "documents", f"menus-{role.id}": ["console.users"]}
    assert "cannot be changed" in client.post("/console/roles/matrix/", posted, follow=True).content.decode()
    with tenant_transaction(cast.admin.tenant.id):
        assert Role.objects.get(code=READER).menus == ["documents"]


def test_removing_a_role_names_who_loses_it(cast: Cast, client: Client) -> None:
    """A9: asked first; then gone at once."""
    own = own_role(cast, "Accounting", "counterparties")
    with tenant_transaction(cast.admin.tenant.id):
        give_roles(cast.reader.user, [own], actor=cast.admin.actor)
    page = page_of(client, f"/console/roles/{own.id}/remove/")
    assert "Rob (rob)" in page
    assert "Erin" not in page
    page = client.post(f"/console/roles/{own.id}/remove/", follow=True).content.decode()
    assert "The role Accounting was removed." in page
    with tenant_transaction(cast.admin.tenant.id):
        assert menus_of(cast.reader.user) == frozenset()


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (0, "Your company has 1 administrator"),
        (1, "2 active users are administrators"),
        (4, "5 active users are administrators"),
        (5, "Your company has 6 administrators"),
    ],
)
def test_the_number_of_administrators_is_advised_on(cast: Cast, client: Client, more: int, text: str) -> None:
    """A10: at least two, not more than five, on every page about rights; those who cannot log in do not count."""
    for number in range(more):
        make_person(cast.admin.tenant, f"admin{number}", ADMINISTRATOR)
    make_person(cast.admin.tenant, "gone", ADMINISTRATOR, state=UserState.SUSPENDED)
    for address in ("/console/users/", "/console/roles/", "/console/roles/matrix/"):
        assert text in page_of(client, address)
    assert (text in page_of(client, "/")) == (more in {0, 5})
    assert text not in page_of(cast.reader.client(), "/")


@pytest.mark.parametrize("count", [1, 30])
def test_the_matrix_costs_the_same_for_many(
    cast: Cast, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Style 7.22: one number of queries at 1 and at 30 roles; one of them asks which menus are closed (T2)."""
    for number in range(count):
        own_role(cast, f"Role {number}", "documents")
    with django_assert_num_queries(14):
        page_of(client, "/console/roles/matrix/")


def test_the_list_of_roles_counts_their_users(cast: Cast, client: Client) -> None:
    """A10: rights are for the few who need them, so their number is shown."""
    make_person(cast.admin.tenant, "second", ADMINISTRATOR)
    with tenant_transaction(cast.admin.tenant.id):
        granted = menus_of(cast.admin.user)
    table = page_of(client, "/console/roles/").split("<tbody", 1)[1]
    cells = ["".join(part.split(">", 1)[1].split()) for part in table.split("</td>")[:4]]
    assert cells[1:] == ["Builtin", str(len(granted)), "2"]
