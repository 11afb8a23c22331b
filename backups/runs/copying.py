"""The second site of platform archives (B3): the same objects there, the manifest last."""

from contextlib import suppress

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import record
from backups.errors import ArchiveDamaged
from backups.layout import PLATFORM_ID, places_in_store
from backups.locks import exclusive
from backups.models import State
from backups.removal import take_away
from backups.runs import queries
from backups.runs.actions import PLATFORM_ARCHIVE_COPIED
from backups.runs.models import PlatformArchive
from backups.runs.platformmanifest import read_platform_manifest
from backups.tableparts import TablesReader
from backups.verifying import check_tables
from tenants.isolation.transactions import platform_transaction
from vault.errors import ObjectExists
from vault.stores import ObjectStore, backup_copy_store, backup_store, copy_object


def copy_platform_archives(*, actor: Actor) -> int:
    """Bring verified archives of the platform to the second site, if there is one, read them back there, and take away
    what is gone at the first; returns how many were brought. Recorded in the log of the tenant in scope, the provider.

    May be cut short anywhere and repeated. Raises ArchiveDamaged, RunningAlready, StoreUnavailable.
    """
    source, target = backup_store(), backup_copy_store()
    if target is None:
        return 0
    with exclusive(PLATFORM_ID, "copies of backups"):
        with platform_transaction():
            waiting = list(queries.platform_archives().filter(state=State.VERIFIED, copied_at=None))
        for archive in waiting:
            _bring(source, target, archive)
            _note(archive, actor=actor)
        _thin(target)
    return len(waiting)


def _bring(source: ObjectStore, target: ObjectStore, archive: PlatformArchive) -> None:
    place = archive.place
    names = [info.name for info in source.list(place.prefix) if info.name != place.manifest]
    for name in [*names, place.manifest]:
        with suppress(ObjectExists):
            copy_object(source, name, target, name)
    try:
        manifest = read_platform_manifest(target, place, sha256=archive.manifest_sha256)
        check_tables(TablesReader(target, place), manifest.tables, place)
    except ArchiveDamaged:
        take_away(target, place)  # it is brought anew
        raise


def _note(archive: PlatformArchive, *, actor: Actor) -> None:
    archive.copied_at = timezone.now()
    with platform_transaction():
        archive.save(update_fields=["copied_at"])
        record(PLATFORM_ARCHIVE_COPIED, actor=actor, target=archive)


def _thin(target: ObjectStore) -> None:
    """What is not listed at the first site any more goes, but never as long as the newest one is not there."""
    with platform_transaction():
        listed = {archive.id for archive in PlatformArchive.objects.all()}
        newest = queries.platform_archives().exclude(copied_at=None).first()
    for place, _found in list(places_in_store(target, PLATFORM_ID)):
        if newest is not None and place.archive_id not in listed:
            take_away(target, place)
