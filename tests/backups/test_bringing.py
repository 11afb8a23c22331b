"""Deleted files come back from a generation, and nothing else is touched (B6)."""

import pytest

from accounts.menus import EDITOR
from accounts.models import User
from auditlog.models import AuditEvent
from backups.models import Archive
from backups.requests import asking, outstanding
from backups.requests.models import RestoreProblem, RestoreRequest, RestoreState
from backups.services import back_up
from documents.contents import rename_document, store_file
from documents.models import Document, DocumentVersion, Folder, StorageUse
from documents.names import Place
from documents.objects import object_path
from documents.tree import delete_folder, move_folder
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import ACTOR, Stored
from tests.backups.deleting import PATH, ask, contents, delete, look
from tests.backups.digests import changed, every_row
from tests.backups.tampering import flip
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from vault.stores import backup_store, document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def test_a_file_comes_back_as_it_was_and_nothing_else_changes(
    stored: Stored, neighbour: Stored, backed_up: Archive
) -> None:
    """B6: the rows with all versions, under their ids, contents that open; every other row has its digest."""
    at_first, rows_at_first = contents(stored), every_row()
    delete(stored, PATH)
    assert PATH not in contents(stored)
    assert [file.name for file in look(backed_up).files] == ["請求書①.pdf"]
    before = every_row()

    request = ask(stored, backed_up)

    assert request.state == RestoreState.DONE, request.detail
    assert contents(stored) == at_first
    assert look(backed_up).files == []
    after = every_row()
    assert changed(before, after) == {
        "documents_document": (0, 1),
        "documents_documentversion": (0, 2),
        "documents_storageuse": (1, 1),
        "restore_requests_restorerequest": (0, 1),
        "auditlog_auditevent": (0, 3),  # asked, the document, done
    }
    untouched = {"restore_requests_restorerequest", "auditlog_auditevent"}
    assert changed(rows_at_first, after).keys() == untouched  # what came back is what was there, to the bit


def test_it_is_on_record(stored: Stored, backed_up: Archive) -> None:
    """G1, B6: one event of the request with its numbers, and one of each document with its path and generation."""
    delete(stored, PATH, "empty.txt")
    ask(stored, backed_up)
    with tenant_transaction(stored.tenant.id):
        events = {event.action: event for event in AuditEvent.objects.order_by("id") if "return" in event.action}
        done, one = events["backups.request.files_returned"], events["documents.document.returned"]
        assert done.after is not None
        assert (done.after["documents"], done.after["versions"]) == (2, 3)
        assert one.after is not None
        assert one.after["backup"] == str(backed_up.id)
        paths = {event.after["path"] for event in AuditEvent.objects.filter(action=one.action) if event.after}
        assert paths == {PATH, "empty.txt"}
        assert one.actor_user_id == stored.admin.user.user_id
        assert StorageUse.objects.get().size == sum(DocumentVersion.objects.values_list("size", flat=True))


def test_whole_folders_come_back_where_they_were(stored: Stored, backed_up: Archive) -> None:
    """B6: folders that are gone are made again under their ids; one that was moved takes its file where it is now."""
    with tenant_transaction(stored.tenant.id):
        outer = Folder.objects.get(name="契約")
        inner = Folder.objects.get(name="2026年")
        delete_folder(outer, actor=stored.admin.actor)
    found = look(backed_up)
    assert [(one.name, one.number) for one in found.inside(None)[0]] == [("契約", 1)]
    assert [file.name for file in found.inside(inner.id)[1]] == ["請求書①.pdf"]
    assert [file.name for file in found.search("2026年/請求書")] == ["請求書①.pdf"]

    assert ask(stored, backed_up, documents=[], folders=[outer.id]).state == RestoreState.DONE

    assert len(contents(stored)[PATH]) == 2
    with tenant_transaction(stored.tenant.id):
        assert set(Folder.objects.values_list("id", flat=True)) == {outer.id, inner.id}
        move_folder(inner, to=None, actor=stored.admin.actor)
    delete(stored, PATH)
    assert ask(stored, backed_up).state == RestoreState.DONE
    assert "2026年/請求書①.pdf" in contents(stored)


def test_a_taken_name_gets_a_mark(stored: Stored, backed_up: Archive) -> None:
    """B6: what has the name by now keeps it, in the folder that has the place by now."""
    with tenant_transaction(stored.tenant.id):
        delete_folder(Folder.objects.get(name="契約"), actor=stored.admin.actor)
    with tenant_scope(stored.tenant.id):
        store_file([b"new"], place=Place(("契約", "2026年"), "請求書①.pdf"), actor=stored.admin.actor)

    assert ask(stored, backed_up).result["renamed"] == 1

    found = contents(stored)
    day = (backed_up.snapshot_at or backed_up.created_at).astimezone().date()
    assert found[PATH] == [b"new"]
    assert len(found[f"契約/2026年/請求書① (restored {day}).pdf"]) == 2


def test_a_full_storage_is_said_before_anything_is_done(
    stored: Stored, backed_up: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T7, B6: when asking, by the newest versions; in the job, by all of them. No row and no object comes."""
    delete(stored, PATH)
    before, objects = every_row(), sorted(info.name for info in document_store().list(f"{stored.tenant.id}/"))
    monkeypatch.setattr("documents.limits.storage_used", lambda: 100 * 1024**3 - 7)  # the newest version has 6

    request = ask(stored, backed_up)

    assert (request.state, request.problem) == (RestoreState.FAILED, RestoreProblem.RULE)
    assert "Your storage has 7" in request.detail
    assert set(changed(before, every_row())) == {"restore_requests_restorerequest", "auditlog_auditevent"}
    assert sorted(info.name for info in document_store().list(f"{stored.tenant.id}/")) == objects


def test_asking_twice_brings_nothing_twice(stored: Stored, backed_up: Archive) -> None:
    """B6: a job that comes again finds the request done; what is there meanwhile is left alone."""
    delete(stored, "empty.txt", "binary.dat")
    found = look(backed_up)
    meant = {"documents": [file.id for file in found.files], "folders": []}
    with tenant_transaction(stored.tenant.id):
        first = asking.ask_for_files(backed_up, found, **meant, actor=stored.admin.actor)  # type: ignore[arg-type]
        second = asking.ask_for_files(backed_up, found, **meant, actor=stored.admin.actor)  # type: ignore[arg-type]
    with tenant_transaction(stored.tenant.id):
        assert [RestoreRequest.objects.get(id=one.id).result["documents"] for one in (first, second)] == [2, 0]
        rename_document(Document.objects.get(name="empty.txt"), name="other.txt", actor=stored.admin.actor)
    assert look(backed_up).files == []  # it is known by its id


@pytest.mark.parametrize(("part", "problem"), [("small", "damaged"), ("manifest.json", "damaged")])
def test_a_damaged_generation_changes_nothing(stored: Stored, backed_up: Archive, part: str, problem: str) -> None:
    """B5: a flipped byte is noticed before anything is done."""
    delete(stored, PATH)
    found = look(backed_up)
    before = every_row()
    flip(next(info.name for info in backup_store().list(backed_up.place.prefix) if part in info.name), -20)
    with tenant_transaction(stored.tenant.id):
        chosen = [file.id for file in found.files]
        asking.ask_for_files(backed_up, found, documents=chosen, folders=[], actor=stored.admin.actor)
    with tenant_transaction(stored.tenant.id):
        assert RestoreRequest.objects.get().problem == problem
    assert set(changed(before, every_row())) == {"restore_requests_restorerequest", "auditlog_auditevent"}


def test_a_content_that_is_not_what_was_backed_up_is_refused(stored: Stored, backed_up: Archive) -> None:
    """B5: rows never come back with a content that nobody could open."""
    delete(stored, "binary.dat")
    with tenant_transaction(stored.tenant.id):
        gone = {info.name.rpartition("/")[2] for info in document_store().list(f"{stored.tenant.id}/")}
    prefix = f"tenants/{stored.tenant.id}/objects/"
    [lost] = [info.name for info in backup_store().list(prefix) if info.name.rpartition("/")[2] not in gone]
    flip(lost, -20)
    request = ask(stored, backed_up)
    assert (request.state, request.problem) == (RestoreState.FAILED, RestoreProblem.DAMAGED)
    assert "binary.dat" not in contents(stored)
    assert not document_store().exists(f"{stored.tenant.id}/documents/{lost.rpartition('/')[2]}")


def test_contents_are_looked_after_once_more(stored: Stored, backed_up: Archive) -> None:
    """B6: a removal that the deletion had queued takes the content in the moment before the rows come back."""
    delete(stored, "binary.dat")
    request = ask(stored, backed_up)
    with tenant_transaction(stored.tenant.id):
        [name] = DocumentVersion.objects.filter(document__name="binary.dat").values_list("object_name", flat=True)
        document_store().delete(object_path(name))
    with tenant_scope(stored.tenant.id):
        assert outstanding.settle(request.id) == 1
        assert outstanding.settle(request.id) == 0
    assert contents(stored)["binary.dat"] == [stored.files["binary.dat"]]


def test_the_name_of_somebody_who_left_stays(stored: Stored) -> None:
    """B6: a version whose uploader has no account any more comes back with the name only."""
    guest = make_person(stored.tenant, "guest", EDITOR, name="Guest")
    with tenant_scope(stored.tenant.id):
        store_file([b"note"], place=Place((), "note.txt"), actor=guest.actor)
        archive = back_up(actor=ACTOR).archive
    delete(stored, "note.txt")
    with tenant_transaction(stored.tenant.id):
        User.objects.filter(id=guest.user.id).delete()
    assert ask(stored, archive).state == RestoreState.DONE
    with tenant_transaction(stored.tenant.id):
        version = DocumentVersion.objects.get(document__name="note.txt")
    assert (version.uploaded_by_id, version.uploaded_by_name) == (None, "Guest")
