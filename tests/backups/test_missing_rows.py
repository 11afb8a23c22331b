"""`backup restore ID --tables`: what is missing comes back, what is there stays (B6)."""

import pytest

from auditlog.models import AuditEvent
from backups.errors import RestoreRefused
from backups.models import Archive
from backups.recovery.models import Restore, RestoreState
from backups.recovery.sometables import bring_back_rows
from documents.contents import delete_document
from documents.models import Counterparty, Document, Folder
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tests.backups.conftest import ACTOR, Stored
from tests.backups.test_round_trip import contents_of, digests
from tests.conftest import EVERY_ROLE
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

FILES = ["documents_documentversion", "documents_document"]


def spoil(stored: Stored) -> None:
    """A folder with its file is gone, contents too; a counterparty was changed, another one is new."""
    with tenant_transaction(stored.tenant.id):
        delete_document(Document.objects.get(name="請求書①.pdf"), actor=stored.admin.actor)
        delete_document(Document.objects.get(name="binary.dat"), actor=stored.admin.actor)
        for folder in Folder.objects.order_by("-parent_id"):
            Folder.objects.filter(id=folder.id, children=None).delete()
        Folder.objects.all().delete()
        Counterparty.objects.update(name="changed since")
        Counterparty.objects.create(code="T-2", name="new since")


def test_missing_rows_come_back_and_no_other_is_touched(stored: Stored, neighbour: Stored, archive: Archive) -> None:
    """B6: with their parents and their contents; a dry run tells the counts and changes nothing."""
    next_door = digests(neighbour.tenant.id)
    spoil(stored)
    before = digests(stored.tenant.id)
    with pytest.raises(RestoreRefused, match="documents_folder"):
        bring_back_rows(archive, tables=FILES, actor=ACTOR)
    dry = bring_back_rows(archive, tables=FILES, with_parents=True, dry_run=True, actor=ACTOR)
    log = AuditEvent._meta.db_table
    assert {**digests(stored.tenant.id), log: ""} == {**before, log: ""}

    done = bring_back_rows(archive, tables=[*FILES, "documents_counterparty"], with_parents=True, actor=ACTOR)

    assert contents_of(stored.tenant.id) == stored.files
    counts = done.report["tables"]
    assert {name: counts[name]["brought_back"] for name in dry.report["tables"]} == {
        name: count["brought_back"] for name, count in dry.report["tables"].items()
    }
    assert (counts["documents_document"], counts["documents_folder"]["brought_back"]) == (
        {"brought_back": 2, "in_the_way": 0},
        2,
    )
    assert counts["documents_counterparty"]["brought_back"] == 0
    with tenant_transaction(stored.tenant.id):
        assert set(Counterparty.objects.values_list("name", flat=True)) == {"changed since", "new since"}
        event = AuditEvent.objects.get(action="backups.restored.rows")
    assert (event.after or {})["tables"]["documents_document"]["brought_back"] == 2
    assert digests(neighbour.tenant.id) == next_door


def test_the_log_and_its_like_never_come_back(stored: Stored, archive: Archive) -> None:
    """B6, G1: no rows go into tables that say what has happened; unknown ones are named."""
    spoil(stored)
    contents = {info.name for info in document_store().list("")}
    with pytest.raises(RestoreRefused, match="auditlog_auditevent, nonsense"):
        bring_back_rows(archive, tables=["auditlog_auditevent", "nonsense", *FILES], actor=ACTOR)
    assert {info.name for info in document_store().list("")} == contents
    with platform_transaction():
        assert not Restore.objects.filter(state=RestoreState.DONE).exists()
