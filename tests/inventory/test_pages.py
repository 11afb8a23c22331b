"""Account inventories in the console (A12). Who may open which page is in tests/test_permission_matrix.py."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.inventory import queries, services
from accounts.inventory.models import AccountReview, ReviewedAccount
from accounts.models import User
from accounts.roles import create_role, give_roles
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event, page_of
from tests.conftest import Cast
from tests.factories.people import Person, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def keys(cast: Cast, *user_ids: str) -> list[str]:
    """The keys of these accounts in the review."""
    with tenant_transaction(cast.admin.tenant.id):
        return [str(key) for key in ReviewedAccount.objects.filter(user_id__in=user_ids).values_list("id", flat=True)]


def completed(cast: Cast, review: AccountReview, by: Person) -> str:
    """Complete the review; returns its address."""
    with tenant_transaction(cast.admin.tenant.id):
        chosen = list(queries.accounts_of(review).values_list("id", flat=True))
        services.decide(review, chosen, decision="keep", comment="=1+1", actor=by.actor)
        services.complete_review(review, remark="全員確認", actor=by.actor)
    return f"/console/inventory/{review.id}/"


def test_from_the_beginning_to_the_report(cast: Cast, client: Client, second: Person) -> None:
    """A12: begin, keep one by its button, decide about others, complete."""
    response = client.post("/console/inventory/start/", {"name": "2026-11", "due_on": "2099-01-01"})
    address = response["Location"]
    assert "0 of 4" in page_of(client, address)
    client.post(address + "decide/", {"keep": keys(cast, "erin")})
    narrowed = client.post(
        address + "decide/?show=undecided&q=",
        {"account": keys(cast, "rob"), "decision": "change", "comment": "less"},
        follow=True,
    )
    assert narrowed.redirect_chain[-1][0].endswith("?show=undecided&q=")
    assert "Decided about 1 account." in narrowed.content.decode()
    assert "<code>rob</code>" not in narrowed.content.decode()
    assert "Decide about every account first." in client.post(address + "complete/").content.decode()
    client.post(address + "decide/", {"account": keys(cast, "second"), "decision": "keep"})
    second.client().post(address + "decide/", {"account": keys(cast, "alice"), "decision": "keep"})
    page = client.post(address + "complete/", {"remark": "fine"}, follow=True).content.decode()
    assert "The inventory is completed." in page
    assert 'name="account"' not in page
    assert "report.pdf" in page
    assert "2026-11" in page_of(client, "/console/inventory/")


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("", ["alice", "erin", "rob"]),
        ("undecided", ["rob"]),
        ("unused", ["rob"]),
        ("administrators", ["alice"]),
        ("own", ["alice"]),
        ("outstanding", ["erin"]),
        ("remove", ["erin"]),
        ("nonsense", ["alice", "erin", "rob"]),
    ],
)
def test_the_list_is_narrowed(cast: Cast, client: Client, show: str, found: list[str]) -> None:
    """A12: to what is still to be looked at."""
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.filter(user_id="erin").update(last_login="2099-01-01T00:00:00Z")
        review = services.start_review(name="x", actor=cast.admin.actor)
    for user_id, decision in (("alice", "keep"), ("erin", "remove")):
        (key,) = keys(cast, user_id)
        client.post(f"/console/inventory/{review.id}/decide/", {"account": key, "decision": decision})
    page = page_of(client, f"/console/inventory/{review.id}/", show=show)
    assert [user_id for user_id in ("alice", "erin", "rob") if f"<code>{user_id}</code>" in page] == found


def test_removals_are_carried_out_from_there(cast: Cast, client: Client, review: AccountReview) -> None:
    """A12, A10: those that cannot go are named, the others go."""
    make_person(cast.admin.tenant, "later")
    address = f"/console/inventory/{review.id}/"
    second = make_person(cast.admin.tenant, "second", "administrator").client()
    client.post(address + "decide/", {"account": keys(cast, "erin", "rob"), "decision": "remove"})
    second.post(address + "decide/", {"account": keys(cast, "alice"), "decision": "remove"})
    page = client.post(address + "remove/", follow=True).content.decode()
    assert "Alice (alice) was not removed: You cannot remove yourself." in page
    assert "2 accounts were removed." in page
    (key,) = keys(cast, "alice")
    assert "You cannot remove yourself." in client.post(address + f"{key}/", follow=True).content.decode()
    with tenant_transaction(cast.admin.tenant.id):
        assert set(User.objects.values_list("user_id", flat=True)) == {"alice", "later", "second"}


def test_carrying_out_needs_the_right_to_manage_users(cast: Cast, review: AccountReview) -> None:
    """ASVS 8.2.1: whoever has the inventory alone may decide, not remove; and the other way round."""
    tenant, address = cast.admin.tenant, f"/console/inventory/{review.id}/"
    people = {}
    for menu in ("console.inventory", "console.users"):
        people[menu] = make_person(tenant, menu)
        with tenant_transaction(tenant.id):
            give_roles(people[menu].user, [create_role(name=menu, menus=[menu], actor=cast.admin.actor)],
                       actor=cast.admin.actor)  # fmt: skip
    auditor, manager = (person.client() for person in people.values())
    (rob,) = keys(cast, "rob")
    assert auditor.post(address + "decide/", {"account": rob, "decision": "remove"}).status_code == 302
    assert "Carry out all removals" not in page_of(auditor, address)
    assert {auditor.post(address + part).status_code for part in ("remove/", f"{rob}/")} == {403}
    assert {manager.post(address + part).status_code for part in ("remove/", f"{rob}/")} == {404}
    assert manager.get(address).status_code == 403


def test_another_companys_review_is_unknown(cast: Cast, client: Client, review: AccountReview) -> None:
    """T1, ASVS 8.2.2: by every address; its accounts cannot be decided about through an own one."""
    address, (rob,) = completed(cast, review, cast.admin), keys(cast, "rob")
    stranger = cast.outsider.client()
    for part in ("", "complete/", "abandon/", "report.csv", "report.pdf"):
        assert stranger.get(address + part).status_code == 404
    assert stranger.post(address + "decide/", {"account": rob, "decision": "remove"}).status_code == 404
    own = stranger.post("/console/inventory/start/", {"name": "own", "due_on": "2099-01-01"})["Location"]
    page = stranger.post(own + "decide/", {"account": rob, "decision": "remove"}, follow=True).content.decode()
    assert "Choose at least one account." in page
    assert stranger.post(f"{own}{rob}/").status_code == 404
    assert address not in page_of(stranger, "/console/inventory/")


def test_the_reports_hold_everything_and_are_recorded(cast: Cast, client: Client, review: AccountReview) -> None:
    """A12, G9: as PDF with Japanese letters and as safe CSV; only of a completed review."""
    address = f"/console/inventory/{review.id}/"
    assert {client.get(address + f"report.{kind}").status_code for kind in ("csv", "pdf")} == {404}
    completed(cast, review, cast.admin)
    response = client.get(address + "report.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert rows[0][:2] + rows[0][9:] == [
        *("User ID", "Name", "Decision", "Comment", "Decided by", "Time of the decision"),
        *("Decided about oneself", "Carried out"),
    ]
    assert [(row[0], row[9], row[10], row[13]) for row in rows[1:]] == [
        ("alice", "Keep", "'=1+1", "yes"),
        ("erin", "Keep", "'=1+1", "no"),
        ("rob", "Keep", "'=1+1", "no"),
    ]
    pdf = client.get(address + "report.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert b"BIZUDPGothic" in pdf.content.replace(b"-", b"").replace(b" ", b"")
    assert newest_event(cast.admin.tenant, "inventory.exported").after is not None
    assert actions_of(cast.admin.tenant).count("inventory.exported") == 2


def test_what_people_typed_is_no_markup_in_the_report(cast: Cast, client: Client, review: AccountReview) -> None:
    """D6: names go into the PDF as data."""
    with tenant_transaction(cast.admin.tenant.id):
        ReviewedAccount.objects.filter(user_id="rob").update(name='#panic("x") *a* \\u{0} $ @label <b>')
    address = completed(cast, review, cast.admin)
    assert client.get(address + "report.pdf").status_code == 200


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"name": "", "due_on": "2099-01-01"}, "This field is required."),
        ({"name": "x", "due_on": "2020-01-01"}, "Choose today or a later day."),
        ({"name": "x", "due_on": "soon"}, "Enter a valid date."),
    ],
)
def test_bad_input_gets_a_message(cast: Cast, client: Client, typed: dict[str, Any], complaint: str) -> None:
    """D6: and begins nothing."""
    assert complaint in client.post("/console/inventory/start/", typed).content.decode()
    assert actions_of(cast.admin.tenant) == []


def test_how_often_is_chosen_on_the_page(cast: Cast, client: Client) -> None:
    """A12."""
    assert "The next inventory is due on" in page_of(client, "/console/inventory/")
    client.post("/console/inventory/schedule/", {"months": "0"})
    assert "The next inventory is due on" not in page_of(client, "/console/inventory/")
    page = client.post("/console/inventory/schedule/", {"months": "99"}).content.decode()
    assert "Ensure this value is less than or equal to 24." in page
    assert actions_of(cast.admin.tenant) == ["inventory.schedule.changed"]


@pytest.mark.parametrize("others", [0, 30])
def test_the_pages_cost_the_same_for_many(
    cast: Cast, client: Client, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Style 7.22: one number of queries at 3 and at 33 accounts."""
    for number in range(others):
        make_person(cast.admin.tenant, f"user{number:02}", "reader")
    with tenant_transaction(cast.admin.tenant.id):
        review = services.start_review(name="x", actor=cast.admin.actor)
    with django_assert_num_queries(REVIEW_QUERIES):
        page_of(client, f"/console/inventory/{review.id}/")
    with django_assert_num_queries(OVERVIEW_QUERIES):
        page_of(client, "/console/inventory/")


REVIEW_QUERIES, OVERVIEW_QUERIES = 12, 16
