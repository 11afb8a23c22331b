"""Filters that people keep under a name (G2)."""

import re

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from accounts.menus import ADMINISTRATOR
from auditlog.viewing import saving
from auditlog.viewing.models import SavedFilter
from auditlog.viewing.queries import filters_for
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import newest_event
from tests.conftest import Cast
from tests.factories.people import Person, make_person

pytestmark = pytest.mark.django_db

PAGE = "/console/audit/filters/"


def save(person: Person, name: str = "Log-ins", *, shared: bool = False, **conditions: str) -> SavedFilter:
    """A filter of that person."""
    with tenant_transaction(person.tenant.id):
        return saving.save_filter(name, conditions or {"kind": "login"}, shared=shared, actor=person.actor)


def names(person: Person) -> list[str]:
    """What somebody can choose from."""
    with tenant_transaction(person.tenant.id):
        return [saved.name for saved in filters_for(person.user.id)]


def test_conditions_are_saved_from_the_list_and_come_back(cast: Cast) -> None:
    """G2: from the page with the conditions to the name, then back by the menu; recorded."""
    client = cast.admin.client()
    listed = client.get("/console/audit/", {"kind": "login", "period": "7d", "before": "x"}).content.decode()
    link = re.search(r'href="(/console/audit/filters/new/\?[^"]+)"', listed)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    assert "Log-in and log-out" in client.get(address).content.decode()
    answer = client.post(address, {"name": "  This  week's log-ins "})
    assert answer.status_code == 302
    assert answer["Location"] == "/console/audit/?kind=login&period=7d"
    with tenant_transaction(cast.admin.tenant.id):
        saved = SavedFilter.objects.get()
    assert (saved.name, saved.conditions, saved.shared) == (
        "This week's log-ins",
        {"period": "7d", "kind": "login"},
        False,
    )
    assert "?kind=login&amp;period=7d" in client.get("/console/audit/").content.decode()
    event = newest_event(cast.admin.tenant, "auditlog.filter.saved")
    assert (event.target_id, event.actor_user_id) == (str(saved.id), "alice")


def test_only_shared_ones_are_shown_to_others(cast: Cast) -> None:
    """G2, T1: own ones and those that colleagues share; nothing of another company."""
    colleague = make_person(cast.admin.tenant, "anna", ADMINISTRATOR)
    save(cast.admin, "mine")
    save(cast.admin, "ours", shared=True)
    save(cast.outsider, "mine")
    save(cast.outsider, "ours", shared=True)
    assert names(cast.admin) == ["mine", "ours"]
    assert names(colleague) == ["ours"]
    assert names(cast.outsider) == ["mine", "ours"]


def test_only_the_owner_changes_and_deletes(cast: Cast) -> None:
    """G2: for a colleague it is as if it were not there, although they may use it."""
    colleague = make_person(cast.admin.tenant, "anna", ADMINISTRATOR)
    saved = save(cast.admin, "ours", shared=True)
    for client in (colleague.client(), cast.outsider.client()):
        assert client.get(f"{PAGE}{saved.id}/").status_code == 404
        assert client.post(f"{PAGE}{saved.id}/delete/").status_code == 404
    assert names(cast.admin) == ["ours"]
    client = cast.admin.client()
    client.post(f"{PAGE}{saved.id}/", {"name": "mine"})
    assert names(colleague) == []
    event = newest_event(cast.admin.tenant, "auditlog.filter.changed")
    assert (event.before or {})["shared"] is True
    client.post(f"{PAGE}{saved.id}/delete/")
    assert names(cast.admin) == []
    assert newest_event(cast.admin.tenant, "auditlog.filter.deleted").target_label == "mine"


def test_what_a_filter_cannot_be(cast: Cast) -> None:
    """D6: without a name, with a taken one, too long; nothing is saved."""
    save(cast.admin, "taken")
    for name in ("", "  ", "x" * 61, "taken"):
        with pytest.raises(ValidationError):
            save(cast.admin, name)
    with pytest.raises(ValidationError):
        save(cast.admin, "long", q="x" * 301)
    assert names(cast.admin) == ["taken"]
    page = cast.admin.client().post(PAGE + "new/?kind=login", {"name": "taken"}).content.decode()
    assert "You have a filter of this name already." in page


def test_there_are_no_more_than_thirty(cast: Cast) -> None:
    """D6: each person has their own thirty."""
    for number in range(saving.MOST_FILTERS):
        save(cast.admin, f"{number:02}")
    with pytest.raises(ValidationError, match="as many as there can be"):
        save(cast.admin, "one more")
    save(make_person(cast.admin.tenant, "anna", ADMINISTRATOR), "one more")


def test_a_filter_of_another_release_says_what_it_leaves_out(cast: Cast) -> None:
    """G2: names and values that mean nothing any more are ignored, said, and kept."""
    saved = save(cast.admin, "old", kind="bygone", colour="red", outcome="denied")
    page = cast.admin.client().get("/console/audit/?" + saved.query).content.decode()
    assert "Not every condition is applied" in page
    assert "<code>colour</code>" in page
    assert "bygone is not one of the available choices" in page
    assert cast.admin.client().get(f"{PAGE}{saved.id}/").status_code == 200


def test_filters_go_with_their_owner(cast: Cast) -> None:
    """A8: nothing refers to an account that is gone."""
    colleague = make_person(cast.admin.tenant, "anna", ADMINISTRATOR)
    save(colleague, "ours", shared=True)
    with tenant_transaction(cast.admin.tenant.id):
        colleague.user.delete()
    assert names(cast.admin) == []


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_for_many(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Style 7.22: one number of queries."""
    for each in range(number):
        save(cast.admin, f"{each:02}")
    client = cast.admin.client()
    with django_assert_num_queries(9):
        client.get(PAGE)
