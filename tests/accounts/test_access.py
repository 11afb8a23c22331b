"""Who may open a page, and what is written down about those who may not (A9, G3) (ASVS 16.3.2)."""

import pytest
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST
from pytest_django import Settings

from accounts.access import Access, access_of, menu_required, public, signed_in
from accounts.checks import every_address_has_an_access_rule
from tests.accounts.reading import actions_of, newest_event, stranger
from tests.conftest import Cast


def page(_request: HttpRequest) -> HttpResponse:
    """A view as it is written before it is decorated."""
    return HttpResponse("page")


def test_a_decorated_view_says_what_it_demands() -> None:
    """A9: also through decorators put outside."""
    assert access_of(page) is None
    assert access_of(public(page)) == Access(public=True)
    assert access_of(signed_in(page)) == Access()
    assert access_of(menu_required("documents")(page)) == Access(menu="documents")
    assert access_of(require_POST(signed_in(page))) == Access()


def test_two_rules_for_one_view_are_a_mistake() -> None:
    """A9: exactly one decorator."""
    with pytest.raises(TypeError, match="two access decorators"):
        public(signed_in(page))


def test_a_menu_that_does_not_exist_is_a_mistake() -> None:
    """A9: found when the module is loaded."""
    with pytest.raises(KeyError):
        menu_required("no.such.menu")


class WithoutRule:
    """A URL configuration with a view that says nothing."""

    urlpatterns = (path("open/", page, name="open"), path("closed/", signed_in(page), name="closed"))


def test_an_address_without_a_rule_fails_the_system_check(settings: Settings) -> None:
    """A9: `manage.py check` finds it before anybody else does."""
    assert every_address_has_an_access_rule() == []
    assert run_checks(tags=None) is not None
    settings.ROOT_URLCONF = WithoutRule
    (finding,) = every_address_has_an_access_rule()
    assert finding.id == "accounts.E001"
    assert "/open/" in finding.msg


@pytest.mark.django_db
def test_a_member_without_the_menu_gets_403_and_an_entry(cast: Cast) -> None:
    """G3: the refusal outlives the rolled back request, with what was asked for."""
    response = cast.reader.client().post("/console/users/new/", {"user_id": "x"})
    assert response.status_code == 403
    event = newest_event(cast.reader.tenant, "access.denied")
    assert (event.outcome, event.actor_user_id, event.target_label) == ("denied", "rob", "/console/users/new/")
    assert event.after == {"menu": "console.users", "method": "POST"}


@pytest.mark.django_db
def test_an_outsider_gets_404_and_an_entry(cast: Cast) -> None:
    """A9: an operator's page does not exist for a tenant; in the provider's tenant it is only closed."""
    assert cast.admin.client().get("/operator/tenants/").status_code == 404
    assert actions_of(cast.admin.tenant) == ["access.denied"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/no/such/page/", "/console/users/018f0000-0000-7000-8000-000000000000/"])
def test_what_is_not_there_is_not_found(cast: Cast, address: str) -> None:
    """A9: for members and for strangers a page that says what to do."""
    assert "Check the address for typing errors." in cast.admin.client().get(address).content.decode()
    if address.startswith("/no"):
        assert stranger().get(address).status_code == 404
