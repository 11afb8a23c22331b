"""Loading one company in a rebuild, under its own id and its own keys: whole, or not at all (B6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from auditlog.models import AuditEvent
from backups.content import archived_tables
from backups.errors import ArchiveDamaged, RestoreRefused
from backups.layout import ArchivePlace, places_in_store
from backups.loading import Loader
from backups.manifest import Manifest, read_manifest
from backups.preconditions import check_manifest
from backups.progress import silent
from backups.recovery.contents import put_back
from backups.recovery.models import Restore, RestoreKind, RestoreState
from backups.recovery.numbering import Numbering, forget
from backups.runs.platformmanifest import ArchiveReference, PlatformManifest
from backups.tableparts import TablesReader
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from vault.stores import ObjectStore


@dataclass(frozen=True, slots=True)
class Chosen:
    """An archive to try: its manifest, and whether it is older than the run that is rebuilt."""

    manifest: Manifest
    older: bool


def load_company(store: ObjectStore, platform: PlatformManifest, tenant_id: UUID, master: Restore) -> Restore | None:
    """Load the company from its archive of the run, or from the newest older one that is good; None if there is none.

    The entry that is returned is in the journal in the same transaction, so a rebuild that goes on knows it. What was
    damaged on the way is in its report. Raises DatabaseError, VaultError.
    """
    damaged: list[str] = []
    for chosen in _choices(store, platform, tenant_id, damaged):
        try:
            check_manifest(chosen.manifest)
            contents = put_back(store, chosen.manifest, silent)
            return _load(store, chosen, platform, master, {"damaged": damaged, "contents_put_back": contents})
        except (ArchiveDamaged, RestoreRefused) as error:
            damaged.append(str(error))
    return None


def loaded_companies(master: Restore) -> dict[UUID, Restore]:
    """What a rebuild has loaded, by company."""
    found = Restore.objects.using(OWNER_ALIAS).filter(
        kind=RestoreKind.REBUILD, report__rebuild=str(master.id), state__in=(RestoreState.LOADED, RestoreState.DONE)
    )
    return {restore.tenant_id: restore for restore in found}


def _choices(store: ObjectStore, platform: PlatformManifest, tenant_id: UUID, damaged: list[str]) -> Iterator[Chosen]:
    """The archive that belongs to the run, then all older ones, newest first."""
    named = {one.place.tenant_id: one for one in platform.archives}.get(tenant_id)
    if named is not None and (manifest := _readable(store, named.place, named, damaged)):
        yield Chosen(manifest, older=False)
    places = [place for place, _found in places_in_store(store, tenant_id)]
    for place in sorted(places, key=lambda place: place.archive_id, reverse=True):
        if named is not None and place == named.place:
            continue
        manifest = _readable(store, place, None, damaged)
        if manifest is not None and manifest.snapshot_at <= platform.snapshot_at:
            yield Chosen(manifest, older=True)


def _readable(
    store: ObjectStore, place: ArchivePlace, named: ArchiveReference | None, damaged: list[str]
) -> Manifest | None:
    try:
        return read_manifest(store, place, sha256=named.manifest_sha256 if named else "")
    except ArchiveDamaged as error:
        damaged.append(str(error))
        return None


def _load(
    store: ObjectStore, chosen: Chosen, platform: PlatformManifest, master: Restore, report: dict[str, Any]
) -> Restore:
    manifest, tenant_id = chosen.manifest, chosen.manifest.place.tenant_id
    tables = {table.name: table for table in archived_tables()}
    numbering = Numbering(tenant_id, may_cut=manifest.snapshot_at < platform.snapshot_at)
    loader = Loader(tenant_id, tenant_id, number_events=numbering, compares=True)
    reader = TablesReader(store, manifest.place)
    with tenant_scope(tenant_id), transaction.atomic(using=OWNER_ALIAS, durable=True):
        for entry in manifest.tables:
            if entry.rows or tables[entry.name].model is AuditEvent:
                loader.load(tables[entry.name], entry, reader.read(entry))
        with connections[OWNER_ALIAS].cursor() as cursor:
            forget(cursor)
        loader.check_constraints()
        return Restore.objects.using(OWNER_ALIAS).create(
            kind=RestoreKind.REBUILD,
            state=RestoreState.LOADED,
            archive_id=manifest.place.archive_id,
            tenant_id=tenant_id,
            target_tenant_id=tenant_id,
            snapshot_at=manifest.snapshot_at,
            actor_name=master.actor_name,
            rows=manifest.rows,
            objects_count=manifest.objects.count,
            report=report
            | {
                "rebuild": str(master.id),
                "older": chosen.older,
                "seals_cut": numbering.cut,
                "newest": numbering.newest,
            },
        )
