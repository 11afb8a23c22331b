"""Making the archive of a tenant (B1, B4): write-once parts, the signed manifest last, then the catalogue.

A run that fails or is killed leaves nothing that is listed; the next run removes what it left in the store.
"""

import logging
from collections.abc import Iterator
from datetime import UTC
from functools import partial
from time import perf_counter
from uuid import UUID

from django.db import DatabaseError

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record_apart
from backups import catalogue
from backups.actions import ARCHIVE_FAILED
from backups.collecting import ContentMissing, copy_ahead, write_list
from backups.content import archived_tables
from backups.errors import BackupError
from backups.layout import ArchivePlace
from backups.locks import exclusive
from backups.manifest import Company, Manifest, ObjectsEntry, read_manifest, write_manifest
from backups.models import Archive
from backups.objects import ArchivedContent, read_list
from backups.progress import Progress, silent
from backups.queries import archives
from backups.release import current_migrations, tool
from backups.removal import clear_leftovers, forget
from backups.snapshot import Moment, Snapshot, snapshot
from backups.tableparts import TablesWriter
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant
from vault.errors import VaultError
from vault.keys import key_store
from vault.stores import ObjectStore, backup_store

logger = logging.getLogger(__name__)

# A document that is deleted between the snapshot and the copy of its content: the next snapshot does not know it.
_ATTEMPTS = 3


def take_archive(
    *, actor: Actor, progress: Progress = silent, run_id: UUID | None = None, moment: Moment | None = None
) -> Archive:
    """Make one archive of the tenant in scope, not yet verified. Call it with no transaction open.

    In a run of all companies (`run_id`) it is of the moment that they share, and documents were copied ahead. Recorded
    in the tenant's log, also when it fails. Raises BackupError, VaultError, DatabaseError.
    """
    tenant_id = require_tenant_id()
    store = backup_store()
    with exclusive(tenant_id):
        clear_leftovers(store, actor=actor)
        archive, began = catalogue.begin(run_id), perf_counter()
        try:
            manifest = _taken(store, archive.place, moment, progress)
            digest = write_manifest(store, manifest)
        except BaseException as error:
            _abandon(store, archive, actor, error)
            raise
        return catalogue.complete(archive, manifest, digest, actor=actor, seconds=perf_counter() - began)


def copy_documents_ahead(progress: Progress = silent) -> None:
    """Copy what is new of the documents of the tenant in scope; the archive that follows finds it copied."""
    with atomic():
        earlier = archives().first()
    copy_ahead(backup_store(), require_tenant_id(), earlier.snapshot_at if earlier else None, progress)


def _taken(store: ObjectStore, place: ArchivePlace, shared: Moment | None, progress: Progress) -> Manifest:
    for attempt in range(1, _ATTEMPTS + 1):
        if shared is None:
            copy_documents_ahead(progress)
        with snapshot(place.tenant_id, shared) as moment:
            try:
                objects = write_list(store, place, _known(store))
            except ContentMissing:
                if attempt == _ATTEMPTS:
                    raise
                shared = None  # it was deleted since; a moment of its own does not know it any more
                continue
            return _manifest(store, place, moment, objects, progress)
    raise AssertionError("the loop returns or raises")


def _manifest(
    store: ObjectStore, place: ArchivePlace, moment: Snapshot, objects: ObjectsEntry, progress: Progress
) -> Manifest:
    tenant = current_tenant()
    tables, writer = archived_tables(), TablesWriter(store, place)
    for number, table in enumerate(tables):
        progress(table.name, number, len(tables))
        writer.add(table, partial(moment.copy_rows, table))
    entries = writer.finish()
    progress("manifest", len(tables), len(tables))
    return Manifest(
        place=place,
        installation=key_store().installation,
        tool=tool(),
        company=Company(
            code=tenant.company_code,
            name=tenant.name,
            plan=tenant.plan_code,
            time_zone=tenant.time_zone,
            is_provider=tenant.is_provider,
        ),
        snapshot_at=moment.at.astimezone(UTC),
        lsn=moment.lsn,
        migrations=current_migrations(),
        key_ids=tuple(sorted(writer.key_ids)),
        tables=entries,
        objects=objects,
    )


def _known(store: ObjectStore) -> Iterator[ArchivedContent]:
    """What the newest archive lists need not be read again. Raises ArchiveDamaged."""
    earlier = archives().first()
    if earlier is not None and earlier.object_count:
        yield from read_list(store, read_manifest(store, earlier.place, sha256=earlier.manifest_sha256))


def _abandon(store: ObjectStore, archive: Archive, actor: Actor, error: BaseException) -> None:
    """Tidy up and record the failure; what fails here too is only logged, since the cause is on its way already."""
    cause = str(error) if isinstance(error, BackupError | VaultError | DatabaseError) else type(error).__name__
    try:
        forget(store, archive)
        record_apart(
            ARCHIVE_FAILED,
            actor=actor,
            target=Target.of(archive),
            outcome=Outcome.FAILURE,
            after={"cause": cause},
        )
    except (BackupError, VaultError, DatabaseError):
        logger.exception("The unfinished archive %s could not be tidied away; the next run does it", archive.id)
