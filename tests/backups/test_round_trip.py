"""From rows and files to an archive and back (B4, B6)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from accounts.login import log_in
from auditlog.models import AuditEvent
from backups.collecting import ContentMissing, copy_ahead, write_list
from backups.content import archived_tables
from backups.layout import objects_prefix
from backups.manifest import read_manifest
from backups.models import Archive, State
from backups.objects import read_list
from backups.restoring import restore_archive
from backups.taking import take_archive
from backups.verifying import verify_archive
from documents.models import DocumentVersion
from documents.objects import open_content
from documents.queries import path_of, storage_used
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State as TenantState
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Stored
from tests.backups.tampering import flip
from tests.conftest import EVERY_ROLE
from vault.stores import backup_store, document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def digests(tenant_id: UUID) -> dict[str, str]:
    """A digest of a tenant's rows, table by table, without the tenant itself."""
    found = {}
    with connections["owner"].cursor() as cursor:
        for table in archived_tables():
            columns = ", ".join(f'"{name}"' for name in table.columns[1:])
            cursor.execute(
                f"SELECT md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM"
                f" (SELECT {columns} FROM {table.name} WHERE tenant_id = %s) r",
                [tenant_id],
            )
            found[table.name] = cursor.fetchone()[0]
    return found


def contents_of(tenant_id: UUID) -> dict[str, bytes]:
    """Every file of a company by its path, as its users would download it."""
    with tenant_transaction(tenant_id):
        return {
            path_of(version.document.folder, version.document.name): open_content(version).read()
            for version in DocumentVersion.objects.select_related("document__folder")
        }


def test_a_restored_company_is_the_same_and_works(
    store_kind: str, stored: Stored, neighbour: Stored, take: Callable[[], Archive]
) -> None:
    """B4, B6: rows and files come back bit for bit, users log in with their passwords, the neighbour is untouched."""
    before, next_door = digests(stored.tenant.id), digests(neighbour.tenant.id)
    archive = take()
    with tenant_scope(archive.tenant_id):
        assert verify_archive(archive, actor=ACTOR)
    assert archive.state == State.VERIFIED
    assert archive.object_count == len(stored.files)

    restored = restore_archive(archive, company_code="acme-copy", actor=ACTOR)

    assert (restored.tenant.company_code, restored.tenant.state) == ("ACME-COPY", TenantState.ACTIVE)
    assert not restored.tenant.is_provider
    log = AuditEvent._meta.db_table
    after = digests(restored.tenant.id)
    assert {**after, log: ""} == {**before, log: ""}
    assert digests(neighbour.tenant.id) == next_door
    assert contents_of(restored.tenant.id) == contents_of(stored.tenant.id) == stored.files
    with tenant_transaction(restored.tenant.id):
        assert storage_used() == sum(map(len, stored.files.values()))
    secret = log_in(company_code="ACME-COPY", user_id="anna", password=stored.admin.password)
    assert secret.secret.tenant_id == restored.tenant.id


def test_the_log_comes_along(stored: Stored, take: Callable[[], Archive]) -> None:
    """B6, G1: every event of the old company, with its time, its actor and its values, plus the restore itself."""
    fields = ("id", "at", "action", "actor_user_id", "target_label", "before", "after")
    with tenant_transaction(stored.tenant.id):
        before = set(map(repr, AuditEvent.objects.values_list(*fields)))
    restored = restore_archive(take(), company_code="COPY", actor=ACTOR)
    with tenant_transaction(restored.tenant.id):
        after = set(map(repr, AuditEvent.objects.values_list(*fields)))
    assert before < after
    assert len(after - before) == 1


def test_an_empty_company(acme: Tenant, take: Callable[[], Archive]) -> None:
    """B6: nothing at all is an archive too."""
    restored = restore_archive(take(), company_code="COPY", actor=ACTOR)
    assert restored.objects == 0
    assert contents_of(restored.tenant.id) == {}


def test_a_copy_of_a_copy(archive: Archive, stored: Stored) -> None:
    """B6: a restored company is a company like any other: it is backed up and restored in its turn."""
    first = restore_archive(archive, company_code="FIRST", actor=ACTOR).tenant
    with tenant_scope(first.id):
        again = take_archive(actor=ACTOR)
    second = restore_archive(again, company_code="SECOND", actor=ACTOR).tenant
    assert contents_of(second.id) == stored.files


def test_a_content_is_stored_once(stored: Stored, take: Callable[[], Archive]) -> None:
    """B4: the second archive refers to what the first one copied, and knows its digest without reading it again."""
    first = take()
    objects = [(info.name, info.modified) for info in backup_store().list(objects_prefix(stored.tenant.id))]
    for name, _modified in objects[:1]:
        flip(name, -1)  # were it read again, the new list would believe what is there
    second = take()
    lists = [list(read_list(backup_store(), read_manifest(backup_store(), a.place))) for a in (first, second)]
    assert lists[0] == lists[1]
    assert [info.name for info in backup_store().list(objects_prefix(stored.tenant.id))] == [n for n, _ in objects]


def test_contents_copied_by_a_run_that_died(stored: Stored, take: Callable[[], Archive]) -> None:
    """B4: they are there already but in no list; they are measured and used."""
    with tenant_scope(stored.tenant.id):
        copy_ahead(backup_store(), stored.tenant.id, None)
    archive = take()
    with tenant_scope(stored.tenant.id):
        assert verify_archive(archive, actor=ACTOR)


def test_a_document_that_is_deleted_meanwhile(
    stored: Stored, take: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B1: its row is in the snapshot and its content is gone; the next snapshot knows neither."""

    def delete_first(*args: Any) -> Any:
        monkeypatch.setattr("backups.taking.write_list", write_list)
        name = DocumentVersion.objects.values_list("object_name", flat=True)[0]
        backup_store().delete(f"{objects_prefix(stored.tenant.id)}documents/{name}")
        document_store().delete(f"{stored.tenant.id}/documents/{name}")
        with tenant_scope(None), connections["owner"].cursor() as cursor:
            cursor.execute("DELETE FROM documents_documentversion WHERE object_name = %s", [name])
        return write_list(*args)

    monkeypatch.setattr("backups.taking.write_list", delete_first)
    assert take().object_count == len(stored.files) - 1


def test_a_content_that_is_lost(stored: Stored, take: Callable[[], Archive]) -> None:
    """B5: a document whose content is in no store cannot be backed up, and the failure names it."""
    lost = next(document_store().list(f"{stored.tenant.id}/documents/")).name
    document_store().delete(lost)
    with pytest.raises(ContentMissing, match=lost.split("/")[-1]):
        take()
    with tenant_transaction(stored.tenant.id):
        event = AuditEvent.objects.get(action="backups.archive.failed")
        assert not Archive.objects.exists()
    assert lost.split("/")[-1] in (event.after or {})["cause"]
    assert not list(backup_store().list(f"tenants/{stored.tenant.id}/archives/"))


def test_a_content_that_only_the_backup_has(stored: Stored, take: Callable[[], Archive]) -> None:
    """B4: once backed up, a content that the document store loses is still in every later archive."""
    take()
    for info in list(document_store().list(f"{stored.tenant.id}/documents/")):
        document_store().delete(info.name)
    restored = restore_archive(take(), company_code="COPY", actor=ACTOR)
    assert contents_of(restored.tenant.id) == stored.files
