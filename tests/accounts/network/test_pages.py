"""The console's page of IP addresses (A4)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.network.entries import Entry, add_networks
from accounts.network.models import AllowedNetwork
from accounts.network.queries import current_restriction
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.network.places import HOME, OFFICE, OFFICE_NETWORK, browser_at, restrict
from tests.accounts.reading import page_of
from tests.conftest import Cast
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db

PAGE = "/console/network/"


@pytest.fixture
def office(cast: Cast) -> Client:
    """The administrator's browser in the office."""
    return browser_at(OFFICE, cast.admin)


def listed(cast: Cast) -> list[tuple[str, str, str]]:
    """The list of ACME."""
    with tenant_transaction(cast.admin.tenant.id):
        return [(n.cidr, n.name, n.note) for n in AllowedNetwork.objects.order_by("cidr")]


def restricted(cast: Cast) -> bool:
    """Whether ACME enforces it."""
    with tenant_transaction(cast.admin.tenant.id):
        return current_restriction().restricted


def test_an_administrator_sets_it_up_from_the_page_alone(cast: Cast, office: Client) -> None:
    """A4: the form knows one's own address; refused until it is on the list; then enforced."""
    page = page_of(office, PAGE)
    assert OFFICE in page
    assert "outside of the list" in page
    office.post("/console/network/switch/", {"restricted": "1"})
    assert not restricted(cast)
    assert f'value="{OFFICE}"' in page_of(office, "/console/network/add/")
    office.post("/console/network/add/", {"cidr": "198.51.100.0/24", "name": "Osaka"})
    office.post("/console/network/switch/", {"restricted": "1"})
    assert f"Your own address {OFFICE} would be outside" in page_of(office, PAGE)
    assert not restricted(cast)
    office.post("/console/network/add/", {"cidr": OFFICE_NETWORK, "name": "Tokyo office", "note": "3rd floor"})
    office.post("/console/network/switch/", {"restricted": "1"})
    assert restricted(cast)
    assert listed(cast) == [("198.51.100.0/24", "Osaka", ""), (OFFICE_NETWORK, "Tokyo office", "3rd floor")]
    assert "Only networks on the list get in" in page_of(office, PAGE)
    office.post("/console/network/switch/", {"restricted": "0"})
    assert not restricted(cast)


def test_a_wrong_network_is_explained_at_its_field(cast: Cast, office: Client) -> None:
    """A4: with both readings; nothing is saved."""
    page = office.post("/console/network/add/", {"cidr": "203.0.113.5/24", "name": "x"}).content.decode()
    assert "203.0.113.0/24 for the network, or 203.0.113.5 alone" in page
    assert listed(cast) == []


def test_pasting_takes_what_people_keep_in_tables(cast: Cast, office: Client) -> None:
    """A4: blanks, tabs, commas and full-width blanks; comments; a network without a name has itself for one."""
    lines = "# offices\n203.0.113.0/24 Tokyo office # 3rd floor\n\n2001:db8::/32\tVPN\r\n"
    lines += "10.1.0.0/16,大阪　支店\n192.0.2.1\n"
    office.post("/console/network/paste/", {"lines": lines})
    assert listed(cast) == [
        ("10.1.0.0/16", "大阪　支店", ""),
        ("192.0.2.1/32", "192.0.2.1", ""),
        ("203.0.113.0/24", "Tokyo office", "3rd floor"),
        ("2001:db8::/32", "VPN", ""),
    ]


@pytest.mark.parametrize("lines", ["", "# nothing\n", "203.0.113.0/24 good\nbad\n", "x" * 50_000])
def test_pasting_is_all_or_nothing(cast: Cast, office: Client, lines: str) -> None:
    """A4: wrong lines are named by number."""
    response = office.post("/console/network/paste/", {"lines": lines})
    assert response.status_code == 200
    assert ("Line 2" in response.content.decode()) is ("bad" in lines)
    assert listed(cast) == []


def test_entries_are_changed_and_removed(cast: Cast, office: Client) -> None:
    """A4: by the page; an enforced list keeps whoever looks after it inside."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    with tenant_transaction(cast.admin.tenant.id):
        key = AllowedNetwork.objects.get().id
    assert OFFICE_NETWORK in page_of(office, f"/console/network/{key}/")
    office.post(f"/console/network/{key}/", {"cidr": OFFICE_NETWORK, "name": "Tokyo", "note": ""})
    assert listed(cast) == [(OFFICE_NETWORK, "Tokyo", "")]
    office.post(f"/console/network/{key}/remove/")
    assert "would be outside" in page_of(office, PAGE)
    response = office.post(f"/console/network/{key}/", {"cidr": "192.0.2.0/24", "name": "Tokyo", "note": ""})
    assert "would be outside" in response.content.decode()
    assert listed(cast) == [(OFFICE_NETWORK, "Tokyo", "")]


def test_the_page_shows_who_is_outside_and_who_was_refused(cast: Cast, office: Client) -> None:
    """A4: before it is enforced, whom it would hit; afterwards, whom it has hit. Of this company only."""
    browser_at(HOME, cast.editor).get("/")
    with tenant_transaction(cast.admin.tenant.id):
        add_networks([(1, Entry(OFFICE_NETWORK, "Tokyo office"))], actor=cast.admin.actor)
    office.get("/")
    asked = page_of(office, "/console/network/switch/")
    assert "1 session that is open now" in asked
    assert "Erin" in asked
    office.post("/console/network/switch/", {"restricted": "1"})
    browser_at(HOME, cast.reader).get("/documents/")
    make_person(cast.admin.tenant, "mallory")
    browser_at(HOME).post("/login/", {"company_code": "ACME", "user_id": "mallory", "password": "x"})
    restrict(cast.outsider.tenant, "192.0.2.0/24")
    browser_at(HOME, cast.outsider).get("/")
    page = page_of(office, PAGE)
    assert "rob" in page
    assert "mallory" in page
    assert "gina" not in page


def test_the_page_costs_the_same_at_every_length(cast: Cast, office: Client) -> None:
    """T9: the number of statements does not grow with the list nor with those outside."""

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(office, PAGE)
        return len(captured)

    page_of(office, PAGE)
    with tenant_transaction(cast.admin.tenant.id):
        add_networks([(1, Entry("10.0.0.0/24", "x"))], actor=cast.admin.actor)
    before = queries()
    with tenant_transaction(cast.admin.tenant.id):
        lines = [(n, Entry(f"10.1.{n}.0/24", "x")) for n in range(30)]
        add_networks(lines, actor=cast.admin.actor)
    for _ in range(30):
        cast.editor.session_cookie()
    assert queries() == before
