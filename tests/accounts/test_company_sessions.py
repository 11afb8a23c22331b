"""Everybody's sessions in the console, and polling that keeps nobody logged in (A11, ASVS 7.3.1, 7.4.5)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path

import config.urls
from accounts.access import background, signed_in
from accounts.checks import addresses
from accounts.factors.stepping import FRESH_MINUTES
from accounts.network.entries import Entry, add_network
from accounts.policy.models import DEFAULTS
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, page_of
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

IDLE = timedelta(minutes=DEFAULTS["idle_minutes"])
PAGE = "/console/sessions/"


def is_in(client: Client) -> bool:
    """Whether the browser is logged in."""
    return client.get("/profile/").status_code == 200


def test_the_page_names_everybody_and_where_they_are(cast: Cast) -> None:
    """A11: of this company, with the name of the place if it is known; this browser is marked."""
    with tenant_transaction(cast.admin.tenant.id):
        add_network(Entry("127.0.0.0/8", "Data centre"), actor=cast.admin.actor)
    client = cast.admin.client()
    cast.editor.client()
    cast.outsider.client()
    page = page_of(client, PAGE)
    assert page.count(">erin</code>") == 1
    assert page.count("Data centre") == 2
    assert page.count("This browser") == 1
    assert "gina" not in page


def test_an_administrator_logs_one_user_out_everywhere(cast: Cast) -> None:
    """ASVS 7.4.5: nobody else is touched; the user reads it in their activity."""
    client, reader = cast.admin.client(), cast.reader.client()
    editor = [cast.editor.client(), cast.editor.client()]
    response = client.post(f"/console/users/{cast.editor.user.id}/end-sessions/")
    assert response["Location"] == PAGE
    assert [is_in(browser) for browser in (*editor, client, reader)] == [False, False, True, True]
    assert "Ended sessions" in page_of(cast.editor.client(), "/activity/")


def test_an_administrator_who_logs_themselves_out_stays_here(cast: Cast) -> None:
    """ASVS 7.4.5: the session at hand is kept."""
    client, other = cast.admin.client(), cast.admin.client()
    client.post(f"/console/users/{cast.admin.user.id}/end-sessions/")
    assert (is_in(client), is_in(other)) == (True, False)


def test_an_administrator_logs_everybody_out(cast: Cast) -> None:
    """ASVS 7.4.5: of this company, after a question; one event for each, so that each can read it."""
    client, outsider = cast.admin.client(), cast.outsider.client()
    people = [cast.editor.client(), cast.editor.client(), cast.reader.client(), cast.admin.client()]
    assert "Log everybody out?" in page_of(client, "/console/sessions/end/")
    assert all(is_in(browser) for browser in people)
    client.post("/console/sessions/end/")
    assert [is_in(browser) for browser in people] == [False] * 4
    assert is_in(client)
    assert is_in(outsider)
    with tenant_transaction(cast.admin.tenant.id):
        ended = AuditEvent.objects.filter(action="accounts.sessions.ended").order_by("at", "id")
        assert [(event.target_label, event.after) for event in ended] == [
            ("Alice (alice)", {"count": 1}),
            ("Erin (erin)", {"count": 2}),
            ("Rob (rob)", {"count": 1}),
        ]
    assert "accounts.sessions.ended" not in actions_of(cast.outsider.tenant)


def test_logging_others_out_needs_a_fresh_proof(cast: Cast) -> None:
    """ASVS 7.5.2: the page may be read without; nobody is logged out."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        client, editor = cast.admin.client(), cast.editor.client()
        clock.shift(timedelta(minutes=FRESH_MINUTES))
        assert client.get(f"{PAGE}end/").status_code == 200
        for address in (f"{PAGE}end/", f"/console/users/{cast.editor.user.id}/end-sessions/"):
            assert client.post(address)["Location"].startswith("/confirm/?")
        assert is_in(editor)
    assert actions_of(cast.admin.tenant) == []


def test_another_company_is_out_of_reach(cast: Cast) -> None:
    """T1: an operator, or the administrator of another company, ends nobody's session here."""
    client = cast.editor.client()
    for stranger in (cast.outsider, cast.operator):
        browser = stranger.client()
        browser.post(f"/console/users/{cast.editor.user.id}/end-sessions/")
        browser.post("/console/sessions/end/")
    assert is_in(client)


def test_the_page_costs_the_same_at_every_length(cast: Cast) -> None:
    """T9: the number of statements does not grow with the sessions."""
    client = cast.admin.client()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(client, PAGE)
        return len(captured)

    before = queries()
    for _ in range(30):
        cast.editor.session_cookie()
    assert queries() == before


# --- Polling -----------------------------------------------------------------------------------------------------
@signed_in
@background
def poll(_request: HttpRequest) -> HttpResponse:
    """A page that a browser asks for by itself."""
    return HttpResponse("still running")


urlpatterns = [*config.urls.urlpatterns, path("poll/", poll)]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that moves only when told to."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_that_lies_open_logs_out_all_the_same(cast: Cast, clock: time_machine.Traveller) -> None:
    """ASVS 7.3.1, A11: polling does not extend the session, a click does."""
    polling, clicking = cast.admin.client(), cast.admin.client()
    for _ in range(3):
        clock.shift(IDLE / 4)
        assert polling.get("/poll/").status_code == 200
        assert clicking.get("/profile/").status_code == 200
    clock.shift(IDLE / 4 + timedelta(seconds=1))
    assert polling.get("/poll/").status_code == 302
    assert clicking.get("/profile/").status_code == 200


def test_whatever_pages_ask_for_by_themselves_is_marked() -> None:
    """A11: whoever adds polling (`hx-trigger="every …"` or a timer) marks the view with `@background`."""
    polled = []
    for template in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        for tag in re.findall(r"<[^>]*hx-trigger=\"[^\"]*(?:every|load delay)[^>]*>", template.read_text(), re.DOTALL):
            polled += re.findall(r"hx-(?:get|post)=\"{% url [\"']([\w:]+)", tag) or [f"{template.name}: {tag}"]
    marked = {pattern.name for _address, pattern in addresses() if hasattr(pattern.callback, "background")}
    unmarked = [name for name in polled if name.rpartition(":")[2] not in marked]
    timers = [
        script.name
        for script in (settings.BASE_DIR / "static" / "js").glob("*.js")
        if "setInterval" in script.read_text()
    ]
    assert (unmarked, timers) == ([], [])
