"""Roles in the console (A9). Who may open which page is in tests/test_permission_matrix.py."""

import pytest
from django.test import Client

from accounts.menus import ADMINISTRATOR, READER
from accounts.models import Role
from accounts.queries import menus_of
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


def test_a_built_in_role_has_menus_but_no_name_to_change(cast: Cast, client: Client) -> None:
    """A9: what is ticked is what it grants."""
    role = built_in_role(cast.admin.tenant, READER)
    page = page_of(client, f"/console/roles/{role.id}/")
    assert 'name="name"' not in page
    assert page.count("checked") == 1
    client.post(f"/console/roles/{role.id}/", {"menus": ["documents", "counterparties"]})
    with tenant_transaction(cast.admin.tenant.id):
        assert menus_of(cast.reader.user) == {"documents", "counterparties"}


def test_the_list_of_roles_counts_their_users(cast: Cast, client: Client) -> None:
    """A10: rights are for the few who need them, so their number is shown."""
    make_person(cast.admin.tenant, "second", ADMINISTRATOR)
    with tenant_transaction(cast.admin.tenant.id):
        granted = menus_of(cast.admin.user)
    table = page_of(client, "/console/roles/").split("<tbody", 1)[1]
    cells = ["".join(part.split(">", 1)[1].split()) for part in table.split("</td>")[:4]]
    assert cells[1:] == ["Builtin", str(len(granted)), "2"]
