"""The provider's pages about tenants (T1, T3, G10)."""

import re

import pytest
from django.test import Client

from tenants.models import State
from tenants.plans import PlanCode
from tenants.queries import tenant_by_code
from tests.accounts.reading import newest_event, stranger
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD
from tests.factories.tenants import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

NEW = {
    "company_code": "initech",
    "name": "Initech",
    "plan": PlanCode.TRIAL,
    "admin_name": "Ada Admin",
    "admin_user_id": "ada",
    "admin_email": "ada@initech.example",
}


@pytest.fixture
def client(cast: Cast) -> Client:
    """The operator's browser."""
    return cast.operator.client()


def test_the_list_shows_every_tenant_with_its_contract(client: Client) -> None:
    """T1: and says whose data it is not."""
    make_tenant("GONE", "Gone & Co.", state=State.SUSPENDED)
    page = client.get("/operator/tenants/").content.decode()
    for expected in ("ACME", "GLOBEX", "the provider itself", "Gone &amp; Co.", "Suspended", "Standard"):
        assert expected in page


@pytest.mark.parametrize(
    ("query", "found"),
    [({"q": "glo"}, ["GLOBEX"]), ({"state": "suspended"}, ["GONE"]), ({"q": "nothing"}, []), ({"page": "99"}, None)],
)
def test_search_and_state_narrow_the_list(client: Client, query: dict[str, str], found: list[str] | None) -> None:
    """T1: a page that is not there is the last one."""
    make_tenant("GONE", "Gone", state=State.SUSPENDED)
    page = client.get("/operator/tenants/", query).content.decode().split("<main", 1)[1]
    codes = ["ACME", "GLOBEX", "GONE", "PROVIDER"]
    assert [code for code in codes if f"<code>{code}</code>" in page] == (codes if found is None else found)
    assert ("No tenant matches" in page) == (found == [])


def test_a_tenant_is_created_and_its_administrator_enters(cast: Cast, client: Client) -> None:
    """T3, A7: the link is shown once, works once, and is kept by no cache."""
    response = client.post("/operator/tenants/new/", NEW)
    page = response.content.decode()
    link = re.search(r'value="http[^"]*(/invitation/[^"]+)"', page)
    assert link is not None
    assert "no-store" in response["Cache-Control"]
    assert link[1] not in client.get("/operator/tenants/").content.decode()

    visitor = stranger()
    visitor.post(link[1], {"password": PASSWORD, "repeated": PASSWORD})
    visitor.post("/login/", {"company_code": "INITECH", "user_id": "ada", "password": PASSWORD})
    assert "/console/users/" in visitor.get("/").content.decode()
    assert visitor.get("/operator/tenants/").status_code == 404


def test_creating_is_on_record_as_an_operators_deed(cast: Cast, client: Client) -> None:
    """G10: in the provider's log and in the new tenant's own."""
    client.post("/operator/tenants/new/", NEW)
    tenant = tenant_by_code("INITECH")
    assert tenant is not None
    for log in (cast.operator.tenant, tenant):
        event = newest_event(log, "tenants.created")
        assert (event.actor_kind, event.actor_user_id, event.ip) == ("operator", "olga", "127.0.0.1")


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"company_code": "a"}, "Use 3 to 20 letters, digits and hyphens."),
        ({"company_code": "acme"}, "already exists"),
        ({"name": ""}, "This field is required."),
        ({"plan": "gold"}, "Select a valid choice."),
        ({"admin_user_id": "a b"}, "Use letters, digits and . _ @ + - only."),
        ({"admin_email": "nobody"}, "Enter a valid email address."),
    ],
)
def test_bad_input_gets_a_message_at_its_field(client: Client, wrong: dict[str, str], complaint: str) -> None:
    """D6: and no tenant is made."""
    page = client.post("/operator/tenants/new/", NEW | wrong).content.decode()
    (field,) = wrong
    assert complaint in page
    assert re.search(rf'name="{field}"[^>]*is-invalid|is-invalid[^>]*name="{field}"', page) or f"#id_{field}" in page
    assert tenant_by_code("INITECH") is None


def test_the_style_guide_opens(client: Client) -> None:
    """DESIGN 12: every element, for operators."""
    assert client.get("/operator/styleguide/").status_code == 200
