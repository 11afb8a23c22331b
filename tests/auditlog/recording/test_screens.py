"""Pages that are opened and closed are on record (G3): which, whose thing, by whom, and nothing twice."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from auditlog.models import AuditEvent
from auditlog.recording.actions import SCREEN_CLOSED, SCREEN_OPENED
from auditlog.recording.models import RecordingPolicy
from auditlog.recording.pages import PAGES
from tenants.isolation.models import new_id
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.documents.making import add_file
from tests.test_permission_matrix import MATRIX, NO, OWN, Page

pytestmark = pytest.mark.django_db

SCREENS = (SCREEN_OPENED.code, SCREEN_CLOSED.code)


@pytest.fixture(autouse=True)
def recorded(settings: LazySettings) -> None:
    """Screens are recorded, as they are outside of tests."""
    settings.RECORD_SCREENS = True


def screens(tenant: Tenant) -> list[AuditEvent]:
    """The events of screens, oldest first."""
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(action__in=SCREENS).order_by("at", "id"))


def opened_by(client: Client, address: str) -> str:
    """Open the page; what it will tell when it is left."""
    found = re.search(r'data-screen="([^"]*)"', client.get(address).content.decode())
    assert found is not None
    return found[1]


def test_an_opened_page_is_on_record_with_its_thing(acme: Tenant, cast: Cast) -> None:
    """G3: by the name of its address, with the key of what it shows, by whom and from where."""
    with tenant_transaction(acme.id):
        add_file("契約/A.pdf")
        folder = add_file("契約/B.pdf").document.folder_id
    client = cast.reader.client()
    client.get(reverse("documents:folder", args=[folder]))
    (event,) = screens(acme)
    assert (event.kind, event.target_type, event.target_label) == ("screen", "screen", "documents:folder")
    assert (event.target_id, event.actor_user_id, event.ip) == (str(folder), "rob", "127.0.0.1")
    assert event.session_id is not None
    with translation.override("ja"):
        assert event.target_name == "フォルダー"


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/console/", {}),  # no such page
        ("/console/users/", {}),  # not this person's
        ("/profile/", {"HX-Request": "true"}),
        ("/profile/", {"Sec-Fetch-Dest": "empty"}),
        ("/profile/", {"Sec-Purpose": "prefetch;prerender"}),
        ("/password/renew/", {}),  # leads elsewhere
        ("/healthz", {}),
        ("/login/", {}),
    ],
)
def test_what_is_no_page_to_its_reader_is_not_opened(
    acme: Tenant, cast: Cast, address: str, headers: dict[str, str]
) -> None:
    """G3: refusals are on record as what they are; fragments, fetches ahead and public pages are nobody's screens."""
    cast.reader.client().get(address, headers=headers)
    assert screens(acme) == []


def test_a_download_and_a_post_are_no_screens(acme: Tenant, cast: Cast) -> None:
    """G3: these are recorded as the deeds that they are."""
    client = cast.admin.client()
    client.get(reverse("console:user_export"))
    client.post(reverse("profile"), {})
    client.head(reverse("profile"))
    assert screens(acme) == []


def test_a_page_that_was_left_is_closed_once(acme: Tenant, cast: Cast) -> None:
    """G3: paired with its opening, with the time between them; the same again says nothing."""
    client = cast.admin.client()
    opened = opened_by(client, "/console/users/")
    for _again in range(2):
        assert client.post("/screens/closed/", {"screen": opened}).status_code == 204
    first, second = screens(acme)
    assert (str(first.id), first.action, second.action) == (opened, "screen.opened", "screen.closed")
    assert second.after == {"opened": opened, "seconds": 0}
    assert (second.target_label, second.session_id) == ("console:users", first.session_id)


def test_nobody_closes_what_is_not_their_own(acme: Tenant, cast: Cast) -> None:
    """G3, T1: not a colleague, not the same person in another session, not another company, not by guessing."""
    mine = cast.admin.client()
    opened = opened_by(mine, "/profile/")
    strangers: list[Any] = [cast.editor.client(), cast.admin.client(), cast.outsider.client()]
    for client in strangers:
        assert client.post("/screens/closed/", {"screen": opened}).status_code == 204
    for guess in (str(new_id()), str(UUID(int=4)), "x", ""):
        assert mine.post("/screens/closed/", {"screen": guess}).status_code == 204
    assert [event.action for event in screens(acme)] == ["screen.opened"]
    assert screens(cast.outsider.tenant) == []


def test_a_closing_needs_the_token_of_our_own_page(acme: Tenant, cast: Cast) -> None:
    """ASVS 3.5.1: a foreign page cannot make somebody's browser close a screen."""
    opened = opened_by(cast.admin.client(), "/profile/")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.load(cast.admin.client().cookies)
    assert strict.post("/screens/closed/", {"screen": opened}).status_code == 403
    assert len(screens(acme)) == 1


def test_a_closing_is_no_use_of_the_session(acme: Tenant, cast: Cast) -> None:
    """A11: a page that tells by itself keeps nobody logged in."""
    client = cast.admin.client()
    opened = opened_by(client, "/profile/")
    with tenant_transaction(acme.id):
        cast.admin.user.sessions.update(last_used_at="2026-01-01T00:00:00Z")
    client.post("/screens/closed/", {"screen": opened})
    with tenant_transaction(acme.id):
        assert {session.last_used_at.year for session in cast.admin.user.sessions.all()} == {2026}
        assert {session.last_used_at.month for session in cast.admin.user.sessions.all()} == {1}


def test_without_capture_nothing_is_written_and_pages_tell_nothing(acme: Tenant, cast: Cast) -> None:
    """G4: from the next request on."""
    client = cast.admin.client()
    opened = opened_by(client, "/profile/")
    with tenant_transaction(acme.id):
        RecordingPolicy.objects.create(screens=False)
    assert "data-screen=" not in client.get("/profile/").content.decode()
    client.post("/screens/closed/", {"screen": opened})
    assert [event.action for event in screens(acme)] == ["screen.opened"]


def test_the_reader_waits_for_no_record(cast: Cast) -> None:
    """G3: up to the answer not one statement more is sent with screens than without; the event follows after it."""
    client = cast.admin.client()
    client.get("/profile/")
    asked = {}
    for captured in (True, False):
        with tenant_transaction(cast.admin.tenant.id):
            RecordingPolicy.objects.update_or_create(defaults={"screens": captured})
        with CaptureQueriesContext(connection) as queries:
            client.get("/profile/")
        statements = [query["sql"] for query in queries]
        writes = [number for number, sql in enumerate(statements) if "INTO" in sql and "auditevent" in sql]
        asked[captured] = (writes, len(statements))
    assert asked[False][0] == []
    (written,) = asked[True][0]
    # Savepoint, policy, event, release: all of it behind everything that the page without screens asks.
    assert asked[True][1] - asked[False][1] == 4
    assert written >= asked[False][1]


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_staff_are_recorded_by_their_own_kind_alone(acme: Tenant, cast: Cast) -> None:
    """A14: what the provider's people open inside a company is sensitive, and not a screen as well."""
    cast.operator.client().get("/operator/tenants/")
    (event,) = screens(cast.operator.tenant)
    assert event.target_label == "operator:tenants"
    assert screens(acme) == []


def test_every_page_has_a_name_that_people_read() -> None:
    """G3: whoever adds a page says what it is called."""
    pages = {name.split()[0] for name, page in MATRIX.items() if isinstance(page, Page) and page.get != NO}
    no_pages = {
        "console:user_export",
        "console:user_import_template",
        "console:inventory_csv",
        "console:inventory_pdf",
        "console:audit_event_proof",
        "console:audit_keys",
        "console:audit_verifier",
        "console:audit_export_status",
        "console:audit_export_file",
        "console:audit_export_signature",
        "console:data_return_part",
        "console:incident_report_file",
        "console:incident_record_file",
        "operator:incident_report_file",
        "operator:incident_record_file",
        "operator:certificate_json",
        "operator:certificate_pdf",
        "console:data_return_status",
        "console:invoice_pdf",
        "console:usage_csv",
        "operator:usage_csv",
        "operator:availability_csv",
        "operator:usage_company_csv",
        "operator:invoice_pdf",
        "operator:invoices_csv",
        "console:restore_status",
        "documents:download",
        "documents:download_version",
    }
    own = {name.split()[0] for name in OWN if name.startswith("passkey ")}
    assert (pages - no_pages) | own <= set(PAGES)
