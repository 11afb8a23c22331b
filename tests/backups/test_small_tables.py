"""Format 2: small tables share a part, empty ones have none; and format 1, which releases before wrote (B1, B4, B6)."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from auditlog.models import AuditEvent
from backups import tableparts
from backups.errors import ArchiveDamaged, Cause
from backups.manifest import Manifest, Slice, TableEntry, canonical, read_manifest
from backups.models import Archive
from backups.objects import list_identity, read_list
from backups.parts import PartWriter
from backups.restoring import restore_archive
from backups.tableparts import TablesReader
from backups.verifying import check_parts, read_table, verify_archive
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Stored
from tests.backups.tampering import content_of, flip, names
from tests.backups.tampering import replace as put_instead
from tests.backups.test_round_trip import contents_of, digests
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from vault.keys import key_store
from vault.objectformat import Identity
from vault.stores import backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def manifest_of(archive: Archive) -> Manifest:
    """As it is in the store."""
    return read_manifest(backup_store(), archive.place)


def test_an_almost_empty_company(acme: Tenant, take: Callable[[], Archive]) -> None:
    """B1: two objects in the store, not one for each table; a digest and a place for each table with rows."""
    make_person(acme, "anna")
    archive = take()
    manifest = manifest_of(archive)
    assert sorted(name.removeprefix(archive.place.prefix) for name in names(archive.place)) == [
        "manifest.json",
        "small.zst.enc",
    ]
    assert {bool(table.rows) for table in manifest.tables} == {True, False}
    assert all((table.part, table.slice) == (None, None) for table in manifest.tables if not table.rows)
    assert all(table.slice for table in manifest.tables if table.rows)
    check_parts(backup_store(), manifest)


def test_large_and_small_tables_side_by_side(
    stored: Stored, take: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B1: what outgrows the limit moves into a part of its own, and so does what no longer fits into the shared one."""
    monkeypatch.setattr(tableparts, "SMALL_TABLE", 400)
    monkeypatch.setattr(tableparts, "MAX_SMALL_PART", 500)
    archive = take()
    manifest = manifest_of(archive)
    assert {"accounts_user", "auditlog_auditevent"} <= {table.name for table in manifest.tables if own(table)}
    shared = [table.slice.plain.bytes for table in manifest.tables if table.slice]
    assert sum(shared) <= 500
    assert max(shared) <= 400
    assert any(own(table) and table.part.plain.bytes <= 400 for table in manifest.tables if table.part)
    check_parts(backup_store(), manifest)
    for table in manifest.tables:
        assert b"".join(read_table(backup_store(), archive.place, table)).count(b"\n") == table.rows


def test_every_flipped_bit_of_the_shared_part(stored: Stored, take: Callable[[], Archive]) -> None:
    """B4, B5: as in any part."""
    archive = take()
    manifest, name = manifest_of(archive), archive.place.small
    for position in (0, 10, 60, 200, -1):
        flip(name, position)
        with pytest.raises(ArchiveDamaged) as caught:
            check_parts(backup_store(), manifest)
        assert caught.value.part == name, position
        flip(name, position)


def test_each_table_in_the_shared_part_has_its_digest(stored: Stored, take: Callable[[], Archive]) -> None:
    """B5: the text of one table there is not taken for another's."""
    archive = take()
    first, second = [table for table in manifest_of(archive).tables if table.slice][:2]
    assert first.slice
    assert second.slice
    moved = replace(first, slice=Slice(second.slice.offset, first.slice.plain))
    with pytest.raises(ArchiveDamaged) as caught:
        list(TablesReader(backup_store(), archive.place).read(moved))
    assert (caught.value.cause, caught.value.part) == (Cause.DIGEST, archive.place.small)


def test_the_shared_part_of_an_earlier_archive(stored: Stored, take: Callable[[], Archive]) -> None:
    """B4: bound to its archive."""
    earlier, later = take(), take()
    put_instead(later.place.small, content_of(earlier.place.small))
    with pytest.raises(ArchiveDamaged) as caught:
        check_parts(backup_store(), manifest_of(later))
    assert caught.value.cause in {Cause.UNREADABLE, Cause.SIZE}


def own(table: TableEntry) -> bool:
    """Whether the table has a part of its own."""
    return table.part is not None and table.slice is None


def test_an_archive_of_format_1(stored: Stored, take: Callable[[], Archive]) -> None:
    """B6: a part for each table, also for those without rows, and a list always: verified and restored as ever."""
    archive = take()
    as_format_1(archive)
    before = digests(stored.tenant.id)
    with tenant_scope(archive.tenant_id):
        assert verify_archive(archive, actor=ACTOR)
    manifest = manifest_of(archive)
    assert len(names(archive.place, ".zst.enc")) == len(manifest.tables) + 1
    copy = restore_archive(archive, company_code="COPY", actor=ACTOR).tenant
    log = AuditEvent._meta.db_table
    assert {**digests(copy.id), log: ""} == {**before, log: ""}
    assert contents_of(copy.id) == stored.files


def as_format_1(archive: Archive) -> None:
    """Write an archive anew as releases before format 2 did, each field spelled out: they change no more."""
    store, place, manifest = backup_store(), archive.place, manifest_of(archive)
    reader = TablesReader(store, place)
    texts = {table.name: b"".join(reader.read(table)) for table in manifest.tables}
    listed = b"".join(content.line() for content in read_list(store, manifest))
    for name in names(place):
        store.delete(name)

    def written(identity: Identity, path: str, text: bytes) -> dict[str, Any]:
        with PartWriter(store, identity, path) as out:
            out.write(text)
        part = out.part
        return {"plain": {"bytes": part.plain.bytes, "sha256": part.plain.sha256},
                "cipher": {"bytes": part.cipher.bytes, "sha256": part.cipher.sha256}}  # fmt: skip

    content = {
        "format": 1,
        "archive": str(place.archive_id),
        "tenant": str(place.tenant_id),
        "installation": manifest.installation,
        "tool": "sekisho 0.1.0",
        "company": {"code": "ACME", "name": manifest.company.name, "plan": manifest.company.plan,
                    "time_zone": "Asia/Tokyo", "provider": False},
        "snapshot": {"at": manifest.snapshot_at.isoformat(), "lsn": manifest.lsn},
        "migrations": manifest.migrations,
        "keys": list(manifest.key_ids),
        "tables": [
            {"name": table.name, "columns": list(table.columns), "rows": table.rows,
             **written(Identity(place.tenant_id, "archive-table", f"{place.archive_id}/{table.name}"),
                       f"{place.prefix}tables/{table.name}.zst.enc", texts[table.name])}
            for table in manifest.tables
        ],
        "objects": {"count": manifest.objects.count, "bytes": manifest.objects.bytes,
                    "list": written(list_identity(place), place.object_list, listed)},
    }  # fmt: skip
    signature = key_store().signing.sign("archive", canonical(content))
    signed = {"key": signature.key_id, "value": base64.b64encode(signature.value).decode()}
    store.put(place.manifest, canonical({"manifest": content, "signature": signed}))
    archive.manifest_sha256 = ""
