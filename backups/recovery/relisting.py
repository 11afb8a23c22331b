"""The catalogue of archives filled again from a listing of the backup store, which describes itself (B2, B5)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from auditlog.actors import Actor
from auditlog.services import Target, record
from backups.errors import ArchiveDamaged
from backups.layout import PLATFORM_ID, ArchivePlace, places_in_store
from backups.manifest import FORMAT, Manifest, read_manifest
from backups.models import Archive, State
from backups.progress import Progress, silent
from backups.recovery.actions import CATALOGUE_FILLED
from backups.recovery.replay import was_erased
from backups.runs.models import PlatformArchive
from backups.runs.platformmanifest import PlatformManifest, read_platform_manifest
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic, platform_transaction
from vault.stores import ObjectStore


@dataclass(slots=True)
class Listed:
    """What a listing showed of one company, or of the platform: archives known already, those listed again, those that
    are damaged."""

    known: int = 0
    added: int = 0
    damaged: dict[str, str] = field(default_factory=dict)


def fill_catalogue(store: ObjectStore, *, actor: Actor, progress: Progress = silent) -> Listed:
    """List again every finished archive of the tenant in scope that the catalogue does not know; none is verified yet.

    One whose manifest is not ours, or not good, is named and left alone. May run at any time, and again. Call it with
    no transaction open. Raises StoreUnavailable.
    """
    if was_erased(require_tenant_id()):
        return Listed()
    listed = _filled(store, require_tenant_id(), _is_known, _add, progress)
    if listed.added:
        _record(Archive._meta.label_lower, listed, actor=actor)
    return listed


def fill_platform_catalogue(store: ObjectStore, *, actor: Actor, progress: Progress = silent) -> Listed:
    """The same for the archives of the platform. Recorded in the log of the tenant in scope, the provider."""
    listed = _filled(store, PLATFORM_ID, _is_known_of_platform, _add_of_platform, progress)
    if listed.added:
        _record(PlatformArchive._meta.label_lower, listed, actor=actor)
    return listed


def _filled(
    store: ObjectStore,
    tenant_id: UUID,
    is_known: Callable[[ArchivePlace], bool],
    add: Callable[[ObjectStore, ArchivePlace], None],
    progress: Progress,
) -> Listed:
    listed = Listed()
    for place, found in list(places_in_store(store, tenant_id)):
        progress(str(place.archive_id), listed.known + listed.added, 0)
        if not any(info.name == place.manifest for info in found):
            continue  # unfinished, and no archive
        if is_known(place):
            listed.known += 1
            continue
        try:
            add(store, place)
        except ArchiveDamaged as damage:
            listed.damaged[str(place.archive_id)] = str(damage)
        else:
            listed.added += 1
    return listed


@atomic()
def _is_known(place: ArchivePlace) -> bool:
    return Archive.objects.filter(id=place.archive_id).exists()


def _is_known_of_platform(place: ArchivePlace) -> bool:
    with platform_transaction():
        return PlatformArchive.objects.filter(id=place.archive_id).exists()


def _add(store: ObjectStore, place: ArchivePlace) -> None:
    manifest = read_manifest(store, place)
    found = {"format_version": FORMAT, "prefix": place.prefix, "object_count": manifest.objects.count}
    with atomic():
        Archive.objects.create(**_common(store, manifest), **found)


def _add_of_platform(store: ObjectStore, place: ArchivePlace) -> None:
    manifest = read_platform_manifest(store, place)
    with platform_transaction():
        PlatformArchive.objects.create(**_common(store, manifest), archive_count=len(manifest.archives))


def _common(store: ObjectStore, manifest: Manifest | PlatformManifest) -> dict[str, Any]:
    place = manifest.place
    with store.open(place.manifest) as reader:
        digest = hashlib.sha256(reader.read()).hexdigest()
    return {
        "id": place.archive_id,
        "created_at": manifest.snapshot_at,
        "state": State.COMPLETE,
        "snapshot_at": manifest.snapshot_at,
        "manifest_sha256": digest,
        "row_count": manifest.rows,
        "size": manifest.size,
    }


@atomic()
def _record(kind: str, listed: Listed, *, actor: Actor) -> None:
    after = {"added": listed.added, "known": listed.known, "damaged": len(listed.damaged)}
    record(CATALOGUE_FILLED, actor=actor, target=Target(kind), after=after)
