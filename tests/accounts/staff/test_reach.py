"""What staff reach of the product's pages: every address, in both scopes, and files (A14; ASVS 8.2.1, 8.2.2)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.staff.models import AccessState, EndReason, StaffAccess
from accounts.staff.scopes import LOOKING, REPAIRING, Scope
from auditlog.models import AuditEvent
from auditlog.watching.models import Finding
from documents.contents import store_file
from documents.counterparties import create_counterparty
from documents.models import Document, DocumentVersion
from documents.names import clean_place
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import page_of
from tests.accounts.staff.conftest import Accesses, Browser, inside
from tests.accounts.staff.test_ending import end
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import built_in_role
from tests.factories.rows import make_row

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

CONTENT = b"minutes of the board"


def names(patterns: object = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product by its name."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:  # type: ignore[attr-defined]
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield namespace + str(entry.name), entry


@pytest.fixture
def things(cast: Cast) -> dict[str, object]:
    """One thing of ACME for each parameter of an address; those that no scope names get any key."""
    tenant = cast.admin.tenant
    with tenant_transaction(tenant.id):
        version = store_file([CONTENT], place=clean_place("Board/minutes.txt"), folder=None, actor=cast.admin.actor)
        partner = create_counterparty(code="C-1", name="Partner", actor=cast.admin.actor)
        event = AuditEvent.objects.all()[0].id
        finding = make_row(Finding, rule="rights.self_grant").id
    return {
        "user": cast.editor.user.id,
        "role": built_in_role(tenant, "reader").id,
        "event": event,
        "finding": finding,
        "folder_id": version.document.folder_id,
        "document_id": version.document_id,
        "number": 1,
        "version": 1,
        "counterparty_id": partner.id,
    }


def address_of(name: str, pattern: URLPattern, things: dict[str, object], any_key: object) -> str:
    """The address with a thing for each parameter."""
    values = {key: things.get(key, any_key) for key in pattern.pattern.converters}
    values |= {key: "x" for key, kind in pattern.pattern.converters.items() if type(kind).__name__ == "StringConverter"}
    return reverse(name, kwargs=values)


@pytest.mark.parametrize("scope", list(Scope))
def test_every_address_is_open_or_closed_as_the_scope_says(
    accesses: Accesses, operator: Browser, things: dict[str, object], scope: Scope
) -> None:
    """A14, ASVS 8.2.1: all addresses with GET and POST; nothing but what the scope names, and that without an error."""
    access = accesses.entered(operator, scope=scope)
    opened: set[str] = set()
    sent: set[str] = set()
    for name, pattern in names():
        address = inside(access, address_of(name, pattern, things, access.operator_id))
        for method, done in (("get", opened), ("post", sent)):
            response = getattr(operator.client, method)(address)
            if response.streaming:
                b"".join(response)
            assert response.status_code in {200, 302, 403, 404, 405}, (name, method)
            if response.status_code in {200, 302}:
                done.add(name)
    posts_only = {"documents:deactivate_counterparty", "documents:reactivate_counterparty"}
    expected = LOOKING | REPAIRING - posts_only if scope == Scope.REPAIR else LOOKING
    assert opened == expected - {"console:sso_people"}  # absent until single sign-on is set up
    assert sent == (REPAIRING if scope == Scope.REPAIR else set())


def test_what_is_closed_is_not_offered(accesses: Accesses, operator: Browser, things: dict[str, object]) -> None:
    """A14: with the scope to repair, pages of documents offer neither upload nor deletion."""
    access = accesses.entered(operator, scope=Scope.REPAIR)
    for name, key in (("folder", "folder_id"), ("document", "document_id")):
        page = page_of(operator.client, inside(access, reverse(f"documents:{name}", args=[things[key]])))
        assert "rename" in page
        assert "delete" not in page
        assert "upload/" not in page


def download(client: Client, access: StaffAccess, things: dict[str, object]) -> Iterator[bytes]:
    """The content of the file by the access, as it is sent."""
    response: Any = client.get(inside(access, reverse("documents:download", args=[things["document_id"]])))
    assert response.status_code == 200
    return iter(response)


def test_reading_a_file_is_on_record(
    cast: Cast, accesses: Accesses, operator: Browser, things: dict[str, object]
) -> None:
    """A14, ASVS 16.3.2: which file, by whom, by which access."""
    access = accesses.entered(operator)
    assert b"".join(download(operator.client, access, things)) == CONTENT
    with tenant_transaction(access.tenant_id):
        event = AuditEvent.objects.get(action="documents.file.downloaded")
        assert (event.actor_user_id, event.session_id) == ("olga", access.id)
        assert event.target_label == "Board/minutes.txt"
        assert Document.objects.count() == DocumentVersion.objects.count() == 1


@pytest.mark.parametrize("how", ["time", "company"])
def test_a_download_breaks_off_when_the_access_ends(
    cast: Cast, accesses: Accesses, operator: Browser, things: dict[str, object], how: str
) -> None:
    """A14: the browser gets less than was announced and reports a failure."""
    access = accesses.entered(operator)
    with time_machine.travel(timezone.now()) as clock:
        stream = download(operator.client, access, things)
        if how == "company":
            end(access, cast.admin, EndReason.COMPANY)
        clock.shift(timedelta(seconds=2) if how == "company" else timedelta(minutes=31))
        with pytest.raises(ConnectionAbortedError):
            next(stream)


def test_the_grant_costs_a_fixed_number_of_statements(cast: Cast, accesses: Accesses, operator: Browser) -> None:
    """P4: about the grant, before and after the view; however many accesses there are."""
    access = accesses.entered(operator)
    address = "/documents/counterparties/"
    by_user = statements(cast.admin.client(), address)
    by_staff = statements(operator.client, inside(access, address))
    assert by_staff - by_user <= 14  # of them, 8 begin or end a transaction
    with tenant_transaction(access.tenant_id):
        for number in range(5):
            make_row(StaffAccess, f"past {number}", state=AccessState.REFUSED)
    assert statements(operator.client, inside(access, address)) == by_staff


def statements(client: Client, address: str) -> int:
    """How many a page takes, when it was opened before."""
    page_of(client, address)
    with CaptureQueriesContext(connection) as seen:
        page_of(client, address)
    return len(seen)
