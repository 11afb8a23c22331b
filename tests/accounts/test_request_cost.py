"""What the way to a view costs: session, policy, allowlist, factor, menus (issue 3, measured)."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path
from pytest_django import Settings

from accounts.access import menu_required, signed_in
from config import urls
from tests.conftest import Cast

ALLOWED = 3


@signed_in
def _bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@menu_required("documents")
def _bare_menu(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [*urls.urlpatterns, path("bare/", _bare), path("bare-menu/", _bare_menu)]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/bare/", "/bare-menu/"])
def test_the_way_to_a_view_costs_three_queries_at_most(address: str, cast: Cast, settings: Settings) -> None:
    """Issue 3: the transaction aside, whose BEGIN carries the tenant; `make bench-session` shows what they take."""
    settings.ROOT_URLCONF = __name__
    client = cast.editor.client()
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).content == b"ok"
    statements = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= ALLOWED
