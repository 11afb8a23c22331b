"""Generations at the second site: what the first has let go goes there, too, but never on its word alone (B2, B3)."""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from auditlog.actors import Actor
from auditlog.services import Target, record
from backups.errors import ArchiveDamaged
from backups.layout import ArchivePlace, places_in_store
from backups.manifest import read_manifest
from backups.models import Archive
from backups.removal import remove_unreferred_objects, take_away
from backups.sites.actions import COPY_REMOVED
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant
from vault.stores import ObjectStore

MomentOf = Callable[[ArchivePlace], datetime]


def finished_at(store: ObjectStore, tenant_id: UUID) -> dict[UUID, ArchivePlace]:
    """The archives of a company, or of the platform, that a store holds with their manifest."""
    return {
        place.archive_id: place
        for place, found in places_in_store(store, tenant_id)
        if any(info.name == place.manifest for info in found)
    }


def remove_surplus(target: ObjectStore, *, actor: Actor) -> int:
    """Take away what the first site has taken away of the tenant in scope; how many archives.

    Parts of a copy that nobody carries on go, too. Only under the lock of the second site.
    """
    with atomic():
        listed = set(Archive.objects.values_list("id", flat=True))
        generations = current_tenant().plan.generations
    gone = take_surplus_away(
        target, require_tenant_id(), listed, generations, lambda place: read_manifest(target, place).snapshot_at
    )
    for place in gone:
        _note_removed(place, actor=actor)
    if gone:
        remove_unreferred_objects(target)
    return len(gone)


def take_surplus_away(
    target: ObjectStore, tenant_id: UUID, listed: Collection[UUID], generations: int, moment_of: MomentOf
) -> list[ArchivePlace]:
    """Take archives away that the catalogue has not got, when enough newer ones are there; what went."""
    finished = finished_at(target, tenant_id)
    for place, _found in list(places_in_store(target, tenant_id)):
        if place.archive_id not in listed and place.archive_id not in finished:
            take_away(target, place)
    surplus = _surplus(finished, listed, generations, moment_of)
    return [place for place in surplus if take_away(target, place)]


def _surplus(
    finished: dict[UUID, ArchivePlace], listed: Collection[UUID], generations: int, moment_of: MomentOf
) -> list[ArchivePlace]:
    """Archives that the catalogue has not got, and that as many newer ones follow as are kept, listed and here.

    So nothing goes when catalogue and first site are lost, or emptied by somebody.
    """
    if all(key in listed for key in finished):
        return []
    moments: dict[UUID, datetime] = {}
    for key, place in finished.items():
        with suppress(ArchiveDamaged):  # kept: somebody should look at it
            moments[key] = moment_of(place)
    kept = [moment for key, moment in moments.items() if key in listed]
    return [
        finished[key]
        for key, moment in moments.items()
        if key not in listed and sum(newer > moment for newer in kept) >= generations
    ]


@atomic()
def _note_removed(place: ArchivePlace, *, actor: Actor) -> None:
    target = Target(Archive._meta.label_lower, str(place.archive_id), str(place.archive_id))
    record(COPY_REMOVED, actor=actor, target=target)
