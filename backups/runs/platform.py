"""The archive of the platform (B4): what a rebuild needs and no archive of a company carries.

Tables that declare `platform_archived`: the directory of tenants, the evidence of the audit log, how the provider has
set things. None of them belongs to a customer. It is encrypted under keys of its own, so that neither the keys of a
company nor their destruction have to do with it.
"""

import logging
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from backups.content import platform_tables
from backups.errors import ArchiveDamaged
from backups.layout import PLATFORM_ID, ArchivePlace
from backups.locks import exclusive
from backups.models import State
from backups.progress import Progress, silent
from backups.release import current_migrations, tool
from backups.removal import take_away
from backups.runs import queries
from backups.runs.actions import PLATFORM_ARCHIVE_CHECKED, PLATFORM_ARCHIVE_MADE, PLATFORM_ARCHIVE_REMOVED
from backups.runs.models import PlatformArchive
from backups.runs.moments import OpenMoment
from backups.runs.platformmanifest import (
    ArchiveReference,
    PlatformManifest,
    read_platform_manifest,
    write_platform_manifest,
)
from backups.tableparts import TablesReader, TablesWriter
from backups.verifying import check_tables
from tenants.isolation.transactions import platform_transaction
from vault.errors import TenantKeysExist
from vault.keys import key_store
from vault.stores import ObjectStore, backup_store

logger = logging.getLogger(__name__)

GENERATIONS = 30


def take_platform_archive(moment: OpenMoment, run_id: UUID, *, actor: Actor) -> PlatformArchive:
    """Make the archive of the platform as of an open moment. Raises BackupError, VaultError, DatabaseError.

    Recorded in the log of the tenant in scope, the provider.
    """
    store = backup_store()
    with exclusive(PLATFORM_ID):
        _ensure_keys()
        _clear_leftovers(store)
        archive = _begin(run_id)
        manifest = _written(store, archive.place, moment)
        archive.manifest_sha256 = write_platform_manifest(store, manifest)
        return _complete(archive, manifest, actor=actor)


def verify_platform_archive(archive: PlatformArchive, *, actor: Actor, progress: Progress = silent) -> bool:
    """Check it as a company's archive is checked, and note the result; whether it is all right.

    Recorded in the log of the tenant in scope, the provider. Raises RunningAlready, and StoreUnavailable when nothing
    can be said.
    """
    with exclusive(PLATFORM_ID):
        try:
            check_platform_archive(backup_store(), archive, progress)
        except ArchiveDamaged as damage:
            _note_check(archive, str(damage), actor=actor)
            return False
        _note_check(archive, "", actor=actor)
        return True


def check_platform_archive(store: ObjectStore, archive: PlatformArchive, progress: Progress = silent) -> None:
    """Read all of it, in the store of either site. Raises ArchiveDamaged, StoreUnavailable."""
    manifest = read_platform_manifest(store, archive.place, sha256=archive.manifest_sha256)
    check_tables(TablesReader(store, archive.place), manifest.tables, archive.place, progress)


def apply_platform_generations(*, actor: Actor) -> int:
    """Keep the newest verified ones, GENERATIONS of them, and remove what is older; returns how many."""
    store, removed = backup_store(), 0
    with exclusive(PLATFORM_ID):
        with platform_transaction():
            listed = list(queries.platform_archives())
        verified = [archive for archive in listed if archive.state == State.VERIFIED]
        if len(verified) > GENERATIONS:
            oldest = verified[GENERATIONS - 1].created_at
            for archive in listed:
                if archive.created_at < oldest:
                    removed += _remove(store, archive, actor=actor)
    return removed


def _ensure_keys() -> None:
    if not key_store().has_tenant_keys(PLATFORM_ID):
        with suppress(TenantKeysExist):
            key_store().create_tenant_keys(PLATFORM_ID)


def _written(store: ObjectStore, place: ArchivePlace, moment: OpenMoment) -> PlatformManifest:
    writer = TablesWriter(store, place)
    for table in platform_tables():
        writer.add(table, partial(moment.copy_rows, table))
    tables = writer.finish()
    return PlatformManifest(
        place=place,
        installation=key_store().installation,
        tool=tool(),
        snapshot_at=moment.at,
        lsn=moment.lsn,
        migrations=current_migrations(),
        key_ids=tuple(sorted(writer.key_ids)),
        tables=tables,
        archives=tuple(
            ArchiveReference(ArchivePlace(tenant_id, archive_id), sha256)
            for tenant_id, archive_id, sha256 in queries.newest_archives()
        ),
    )


def _clear_leftovers(store: ObjectStore) -> None:
    """What a run that died left: nothing lists it, and it is made anew."""
    with platform_transaction():
        dead = list(PlatformArchive.objects.filter(state=State.RUNNING))
    for archive in dead:
        take_away(store, archive.place)
        with platform_transaction():
            PlatformArchive.objects.filter(id=archive.id).delete()


def _begin(run_id: UUID) -> PlatformArchive:
    with platform_transaction():
        archive = PlatformArchive(run=run_id)
        archive.save(force_insert=True)
        return archive


def _complete(archive: PlatformArchive, manifest: PlatformManifest, *, actor: Actor) -> PlatformArchive:
    archive.state, archive.snapshot_at = State.COMPLETE, manifest.snapshot_at
    archive.row_count, archive.archive_count, archive.size = manifest.rows, len(manifest.archives), manifest.size
    with platform_transaction():
        archive.save()
        record(PLATFORM_ARCHIVE_MADE, actor=actor, target=archive, after=described(archive))
    return archive


def _note_check(archive: PlatformArchive, damage: str, *, actor: Actor) -> None:
    archive.state, archive.error = (State.DAMAGED, damage) if damage else (State.VERIFIED, "")
    if not damage:
        archive.verified_at = timezone.now()
    outcome = Outcome.FAILURE if damage else Outcome.SUCCESS
    after = {**described(archive), **({"cause": damage} if damage else {})}
    with platform_transaction():
        archive.save(update_fields=["state", "error", "verified_at"])
        record(PLATFORM_ARCHIVE_CHECKED, actor=actor, target=archive, outcome=outcome, after=after)


def _remove(store: ObjectStore, archive: PlatformArchive, *, actor: Actor) -> bool:
    """The manifest first: what a kill leaves then is no archive. One that the store has to keep stays listed."""
    if not take_away(store, archive.place):
        return False
    with platform_transaction():
        record(PLATFORM_ARCHIVE_REMOVED, actor=actor, target=archive, before=described(archive))
        PlatformArchive.objects.filter(id=archive.id).delete()
    return True


def described(archive: PlatformArchive) -> dict[str, object]:
    """The figures of an archive, for the audit log and for machines."""
    at = archive.snapshot_at.isoformat() if archive.snapshot_at else None
    return {"snapshot_at": at, "rows": archive.row_count, "archives": archive.archive_count, "bytes": archive.size}
