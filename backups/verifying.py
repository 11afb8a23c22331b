"""Checking that an archive is what was written and can be read: every byte of it (B5)."""

from collections.abc import Iterator

from auditlog.actors import Actor
from backups import catalogue
from backups.errors import ArchiveDamaged, Cause
from backups.layout import ArchivePlace
from backups.locks import exclusive
from backups.manifest import Manifest, TableEntry, read_manifest
from backups.models import Archive
from backups.objects import read_list
from backups.parts import read_content
from backups.progress import Progress, silent
from backups.tableparts import TablesReader
from vault.stores import ObjectStore, backup_store


def verify_archive(archive: Archive, *, actor: Actor, progress: Progress = silent) -> bool:
    """Check the signature, every digest, every row count, and that all of it decrypts; whether it is all right.

    The result is in the catalogue (`state`, `verified_at`, `error`) and in the tenant's log. Call it in the tenant's
    scope with no transaction open. Raises RunningAlready, and StoreUnavailable when nothing can be said.
    """
    store = backup_store()
    with exclusive(archive.tenant_id):
        try:
            manifest = read_manifest(store, archive.place, sha256=archive.manifest_sha256)
            check_parts(store, manifest, progress)
        except ArchiveDamaged as damage:
            catalogue.set_damaged(archive, damage, actor=actor)
            return False
        catalogue.set_verified(archive, actor=actor)
        return True


def check_parts(store: ObjectStore, manifest: Manifest, progress: Progress = silent) -> None:
    """Read every part of an archive to its end. Raises ArchiveDamaged, StoreUnavailable."""
    check_tables(TablesReader(store, manifest.place), manifest.tables, manifest.place, progress)
    tenant_id = manifest.place.tenant_id
    for number, content in enumerate(read_list(store, manifest), start=1):
        progress("documents", number, manifest.objects.count)
        for _piece in read_content(store, content.identity(tenant_id), content.path(tenant_id), content.part):
            pass


def check_tables(
    reader: TablesReader, tables: tuple[TableEntry, ...], place: ArchivePlace, progress: Progress = silent
) -> None:
    """Read every table to its end. Raises ArchiveDamaged, StoreUnavailable."""
    for number, table in enumerate(tables):
        progress(table.name, number, len(tables))
        _check_table(reader, place, table)


def read_table(store: ObjectStore, place: ArchivePlace, table: TableEntry) -> Iterator[bytes]:
    """The COPY text of one table, checked. Who reads several of an archive takes a `TablesReader`."""
    return TablesReader(store, place).read(table)


def _check_table(reader: TablesReader, place: ArchivePlace, table: TableEntry) -> None:
    # COPY text writes a line end inside a value as \n, so lines are rows.
    rows = sum(piece.count(b"\n") for piece in reader.read(table))
    if rows != table.rows:
        path = place.small if table.slice else place.table(table.name)
        raise ArchiveDamaged(path, Cause.ROWS, f"{rows} instead of {table.rows} in {table.name}")
