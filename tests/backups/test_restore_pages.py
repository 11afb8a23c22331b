"""The pages of restores: whose they are, what they show, how many statements they take (B6, A9, T1, P4)."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.menus import ADMINISTRATOR, EDITOR, OPERATOR, READER
from backups.models import Archive
from backups.requests.models import RestoreKind, RestoreRequest, RestoreState
from documents.models import Document
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import Stored
from tests.backups.deleting import PATH, contents, delete, look
from tests.backups.tampering import flip
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture
def operator(provider: Tenant) -> Iterator[Person]:
    """An operator; no restorer is running."""
    cache.delete("backups.restorer")
    yield make_person(provider, "olga", ADMINISTRATOR, OPERATOR)
    cache.delete("backups.restorer")


def add(tenant: Tenant, count: int, **fields: object) -> list[RestoreRequest]:
    """Requests for whole companies."""
    wanted: dict[str, object] = {
        "kind": RestoreKind.COMPANY,
        "archive_id": uuid4(),
        "snapshot_at": timezone.now(),
        "company_code": f"{tenant.company_code}-R1",
        "asked_by_name": "Anna",
        "language": "en",
        **fields,
    }
    with tenant_transaction(tenant.id):
        return [RestoreRequest.objects.create(**wanted) for _ in range(count)]


def statuses(address: str, *people: Person, method: str = "get") -> list[int]:
    """What they get."""
    return [getattr(person.client(), method)(address).status_code for person in people]


def test_everything_is_the_companys_own(
    stored: Stored, neighbour: Stored, backed_up: Archive, operator: Person
) -> None:
    """T1, A9: another company finds neither generation nor request; whoever lacks the menu is refused; staff decide."""
    reader = make_person(stored.tenant, "rita", READER)
    [wish] = add(stored.tenant, 1)
    mine = [
        reverse("console:deleted_files", args=[backed_up.id]),
        reverse("console:restore", args=[wish.id]),
        reverse("console:restore_status", args=[wish.id]),
    ]
    for address in mine:
        assert statuses(address, stored.admin, reader, neighbour.admin, operator) == [200, 403, 404, 404]
        assert Client().get(address).status_code == 302
    withdraw = reverse("console:restore_withdraw", args=[wish.id])
    assert statuses(withdraw, reader, neighbour.admin, operator, method="post") == [403, 404, 404]
    for name in ("restore", "restore_approve", "restore_refuse"):
        address = reverse(f"operator:{name}", args=[wish.tenant_id, wish.id])
        method = "get" if name == "restore" else "post"
        assert statuses(address, operator, stored.admin, neighbour.admin, method=method)[1:] == [404, 404]
        crossed = reverse(f"operator:{name}", args=[neighbour.tenant.id, wish.id])
        assert statuses(crossed, operator, method=method) == [404]
    assert statuses(withdraw, stored.admin, method="post") == [302]
    with tenant_transaction(stored.tenant.id):
        assert RestoreRequest.objects.get(id=wish.id).state in {RestoreState.WITHDRAWN, RestoreState.FAILED}


def test_files_are_looked_for_ticked_and_back(stored: Stored, backed_up: Archive) -> None:
    """B6: folders with their numbers, the way into them, names found, a box for each; then the page of the request."""
    before = contents(stored)
    delete(stored, PATH, "empty.txt")
    client, address = stored.admin.client(), reverse("console:deleted_files", args=[backed_up.id])
    assert client.get(reverse("console:deleted_files_newest")).headers["Location"] == address
    top = client.get(address).content.decode()
    assert "1 deleted file" in top
    assert "empty.txt" in top
    assert "請求書①" not in top
    found = client.get(address, {"q": "契約 2026"}).content.decode()
    assert "Nothing that is in this backup was deleted" in found
    found = client.get(address, {"q": "契約/2026"}).content.decode()
    assert "請求書①.pdf" in found
    [folder] = look(backed_up).inside(None)[0]
    [below] = look(backed_up).inside(folder.id)[0]
    assert "請求書①.pdf" in client.get(address, {"in": str(below.id)}).content.decode()

    assert "Choose at least one file" in client.post(address, {"documents": ["no id"]}).content.decode()
    [empty] = [file for file in look(backed_up).files if file.name == "empty.txt"]
    answer = client.post(address, {"documents": [str(empty.id)], "folders": [str(folder.id)]})
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).content.decode()
    assert "The files are back" in page
    assert "2 files in 3 versions" in page
    assert contents(stored) == before
    assert "Deleted files" in client.get(reverse("console:restores")).content.decode()


def test_a_generation_that_cannot_be_read_says_so(stored: Stored, backed_up: Archive) -> None:
    """B5: the page stands and offers the others."""
    flip(backed_up.place.manifest, -20)
    page = stored.admin.client().get(reverse("console:deleted_files", args=[backed_up.id])).content.decode()
    assert "The backup cannot be read any more" in page


def test_whoever_deletes_is_told_what_can_be_brought_back(stored: Stored, backed_up: Archive) -> None:
    """B6: the day until which; a file that no backup has yet is gone for good, and the page says so."""
    editor = make_person(stored.tenant, "erin", EDITOR).client()
    with tenant_transaction(stored.tenant.id):
        old = Document.objects.get(name="empty.txt")
        new = Document.objects.create(name="new.txt", content_type="text/plain", changed_by_name="Erin")
    assert (
        "can be brought back by an administrator"
        in editor.get(reverse("documents:delete_document", args=[old.id])).content.decode()
    )
    assert "It is in no backup yet" in editor.get(reverse("documents:delete_document", args=[new.id])).content.decode()


def test_asking_and_answering_on_pages(stored: Stored, backed_up: Archive, operator: Person) -> None:
    """B6: the form says what is wrong; the operator sees that no restorer is running, and the command."""
    admin, address = stored.admin.client(), reverse("console:restore_new")
    form = {"generation": str(backed_up.id), "company_code": "OTHER", "reason": "Look"}
    assert "Begin with your own company code" in admin.post(address, form).content.decode()
    answer = admin.post(address, form | {"company_code": "ACME-OLD"})
    assert answer.status_code == 302
    with tenant_transaction(stored.tenant.id):
        wish = RestoreRequest.objects.get()
    staff, page = operator.client(), reverse("operator:restore", args=[wish.tenant_id, wish.id])
    seen = staff.get(page).content.decode()
    assert "No restorer is running" in seen
    assert "-Q restores" in seen
    assert "ACME-OLD" in staff.get(reverse("operator:restores")).content.decode()
    refuse = reverse("operator:restore_refuse", args=[wish.tenant_id, wish.id])
    assert staff.post(refuse, {"word": ""}).status_code == 200
    approve = reverse("operator:restore_approve", args=[wish.tenant_id, wish.id])
    assert staff.post(approve, {"word": ""}).status_code == 302
    assert "ACME-OLD" in admin.get(answer.headers["Location"]).content.decode()
    assert "The company was restored" in staff.get(page).content.decode()


@pytest.mark.parametrize("address", ["/console/backups/restores/", "/operator/backups/restores/"])
def test_lists_take_as_many_statements_for_thirty_rows_as_for_one(
    stored: Stored, operator: Person, address: str
) -> None:
    """P4: the number of rows does not matter."""
    client = (stored.admin if "console" in address else operator).client()
    client.get(address)
    counts = []
    for number in (1, 29):
        add(stored.tenant, number, state=RestoreState.DONE)
        with (
            CaptureQueriesContext(connections["default"]) as own,
            CaptureQueriesContext(connections["platform"]) as all_,
        ):
            assert client.get(address).status_code == 200
        counts.append(len(own) + len(all_))
    assert counts[0] == counts[1]
