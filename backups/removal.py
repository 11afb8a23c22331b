"""Taking archives away: what a dead run left, generations beyond the plan, objects that nothing refers to (B2).

An archive leaves in an order that can be cut short anywhere: it is unlisted, its manifest goes, then its parts, then
its row. Whatever a kill leaves is unlisted, and the next run carries on.
"""

import hashlib
import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import record
from backups import catalogue
from backups.actions import ARCHIVE_REMOVED
from backups.errors import ArchiveDamaged, Cause
from backups.layout import ArchivePlace, objects_prefix, places_in_store
from backups.manifest import read_manifest
from backups.models import Archive, State
from backups.objects import Ordered, read_list, union
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic
from vault.errors import ObjectRetained
from vault.stores import ObjectStore

logger = logging.getLogger(__name__)

# A run takes hours at the most; what is not finished after a day belongs to none.
UNFINISHED_AFTER = timedelta(days=1)


def clear_leftovers(store: ObjectStore, *, actor: Actor) -> None:
    """Bring what dead runs left to an end: list an archive that has its manifest, remove one that has none.

    Only under the tenant's lock: what is `running` then, runs no more.
    """
    with atomic():
        running = list(Archive.objects.filter(state=State.RUNNING))
    for archive in running:
        try:
            manifest = read_manifest(store, archive.place)
        except ArchiveDamaged as damage:
            if damage.cause is not Cause.NO_MANIFEST:
                catalogue.set_damaged(archive, damage, actor=actor)
                continue
            forget(store, archive)
        else:
            catalogue.complete(archive, manifest, _sha256(store, archive.place.manifest), actor=actor)


def forget(store: ObjectStore, archive: Archive) -> None:
    """Remove an archive that is not listed, from the store and from the catalogue."""
    _delete_parts(store, archive.place)
    with atomic():
        Archive.objects.filter(id=archive.id).delete()


def remove(store: ObjectStore, archive: Archive, *, actor: Actor) -> bool:
    """Remove a listed archive; False when the store has to keep it still (a lock with a date): it stays listed."""
    listed_as = State(archive.state)
    _set_state(archive, State.RUNNING)
    if not take_away(store, archive.place):
        _set_state(archive, listed_as)
        return False
    with atomic():
        record(ARCHIVE_REMOVED, actor=actor, target=archive, before=catalogue.described(archive))
        Archive.objects.filter(id=archive.id).delete()
    return True


def take_away(store: ObjectStore, place: ArchivePlace) -> bool:
    """Remove an archive from one store, its manifest first; False when the store has to keep it still."""
    if not _delete(store, place.manifest) and store.exists(place.manifest):
        return False
    _delete_parts(store, place)
    return True


def prune(store: ObjectStore) -> int:
    """Remove unfinished archives of the tenant in scope that the catalogue does not know; returns how many."""
    limit = timezone.now() - UNFINISHED_AFTER
    unfinished = [
        place
        for place, found in places_in_store(store, require_tenant_id())
        if all(info.name != place.manifest and info.modified < limit for info in found)
    ]
    unknown = _unknown(unfinished) if unfinished else []
    for place in unknown:
        _delete_parts(store, place)
    return len(unknown)


def remove_unreferred_objects(store: ObjectStore) -> int:
    """Delete the objects that no archive of the tenant refers to any more; returns how many.

    Asks the store, not the catalogue, which archives there are, and each time anew which objects, so that it finds what
    a run left that was killed. When a single list cannot be read nothing is deleted: an object that is kept for too
    long does less harm.
    """
    tenant_id = require_tenant_id()
    if next(store.list(objects_prefix(tenant_id)), None) is None:
        return 0
    places = [
        place
        for place, found in places_in_store(store, tenant_id)
        if any(info.name == place.manifest for info in found)
    ]
    try:
        # The newest one usually refers to all there is, and the lists of the older ones need not be read.
        if places and next(_unreferred(store, tenant_id, places[-1:]), None) is None:
            return 0
        unwanted = list(_unreferred(store, tenant_id, places))
    except ArchiveDamaged as damage:
        logger.warning("Objects of tenant %s are kept, because an archive is damaged: %s", tenant_id, damage)
        return 0
    return sum(_delete(store, name) for name in unwanted)


def _unreferred(store: ObjectStore, tenant_id: UUID, places: list[ArchivePlace]) -> Iterator[str]:
    """The objects that none of these archives refers to. Raises ArchiveDamaged, at the latest after the last one."""
    prefix = objects_prefix(tenant_id)
    wanted = Ordered(union(read_list(store, read_manifest(store, place)) for place in places), key=str)
    for info in store.list(prefix):
        if wanted.get(info.name.removeprefix(prefix)) is None:
            yield info.name
    wanted.finish()


@atomic()
def _unknown(places: list[ArchivePlace]) -> list[ArchivePlace]:
    """Those that are not in the catalogue."""
    known = set(Archive.objects.filter(id__in=[place.archive_id for place in places]).values_list("id", flat=True))
    return [place for place in places if place.archive_id not in known]


@atomic()
def _set_state(archive: Archive, state: State) -> None:
    archive.state = state
    archive.save(update_fields=["state"])


def _delete_parts(store: ObjectStore, place: ArchivePlace) -> None:
    """Delete what has no manifest. What the store must keep harms nobody, and is tried again by `prune`."""
    for info in list(store.list(place.prefix)):
        _delete(store, info.name)


def _delete(store: ObjectStore, name: str) -> bool:
    """Whether the store let go of the object."""
    try:
        store.delete(name)
    except ObjectRetained:
        logger.info("The store keeps %s still", name)
        return False
    return True


def _sha256(store: ObjectStore, name: str) -> str:
    with store.open(name) as reader:
        return hashlib.sha256(reader.read()).hexdigest()
