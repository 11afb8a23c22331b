"""The catalogue of archives filled again from a listing of the backup store, which describes itself (B2, B5)."""

import hashlib
from dataclasses import dataclass, field

from auditlog.actors import Actor
from auditlog.services import Target, record
from backups.errors import ArchiveDamaged
from backups.layout import ArchivePlace, places_in_store
from backups.manifest import FORMAT, Manifest, read_manifest
from backups.models import Archive, State
from backups.progress import Progress, silent
from backups.recovery.actions import CATALOGUE_FILLED
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic
from vault.stores import ObjectStore


@dataclass(slots=True)
class Listed:
    """What a listing showed of one company: archives known already, those listed again, those that are damaged."""

    known: int = 0
    added: int = 0
    damaged: dict[str, str] = field(default_factory=dict)


def fill_catalogue(store: ObjectStore, *, actor: Actor, progress: Progress = silent) -> Listed:
    """List again every finished archive of the tenant in scope that the catalogue does not know; none is verified yet.

    One whose manifest is not ours, or not good, is named and left alone. May run at any time, and again. Call it with
    no transaction open. Raises StoreUnavailable.
    """
    listed = Listed()
    for place, found in list(places_in_store(store, require_tenant_id())):
        progress(str(place.archive_id), listed.known + listed.added, 0)
        if not any(info.name == place.manifest for info in found):
            continue  # unfinished, and no archive
        if _is_known(place):
            listed.known += 1
            continue
        try:
            manifest = read_manifest(store, place)
        except ArchiveDamaged as damage:
            listed.damaged[str(place.archive_id)] = str(damage)
        else:
            listed.added += _add(store, manifest)
    if listed.added:
        _record(listed, actor=actor)
    return listed


@atomic()
def _is_known(place: ArchivePlace) -> bool:
    return Archive.objects.filter(id=place.archive_id).exists()


@atomic()
def _add(store: ObjectStore, manifest: Manifest) -> int:
    place = manifest.place
    with store.open(place.manifest) as reader:
        digest = hashlib.sha256(reader.read()).hexdigest()
    Archive.objects.create(
        id=place.archive_id,
        created_at=manifest.snapshot_at,
        state=State.COMPLETE,
        snapshot_at=manifest.snapshot_at,
        format_version=FORMAT,
        prefix=place.prefix,
        manifest_sha256=digest,
        row_count=manifest.rows,
        object_count=manifest.objects.count,
        size=manifest.size,
    )
    return 1


@atomic()
def _record(listed: Listed, *, actor: Actor) -> None:
    after = {"added": listed.added, "known": listed.known, "damaged": len(listed.damaged)}
    record(CATALOGUE_FILLED, actor=actor, target=Target(Archive._meta.label_lower), after=after)
