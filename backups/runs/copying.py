"""The second site of platform archives (B3): the same objects there, the manifest last."""

from contextlib import suppress

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from backups.errors import ArchiveDamaged
from backups.layout import PLATFORM_ID, places_in_store
from backups.locks import exclusive
from backups.models import State
from backups.progress import Progress, silent
from backups.removal import take_away
from backups.runs import queries
from backups.runs.actions import PLATFORM_ARCHIVE_COPIED, PLATFORM_COPY_CHECKED
from backups.runs.models import PlatformArchive
from backups.runs.platform import check_platform_archive
from backups.sites.services import second_site
from tenants.isolation.transactions import platform_transaction
from vault.errors import ObjectExists
from vault.stores import ObjectStore, backup_copy_store, backup_store, copy_object

_LOCK = "copies of backups"


def copy_platform_archives(*, actor: Actor) -> int:
    """Bring verified archives of the platform to the second site, if there is one, read them back there, and take away
    what is gone at the first; returns how many were brought. Recorded in the log of the tenant in scope, the provider.

    May be cut short anywhere and repeated. Raises ArchiveDamaged, RunningAlready, StoreUnavailable.
    """
    source, target = backup_store(), backup_copy_store()
    if target is None:
        return 0
    with exclusive(PLATFORM_ID, _LOCK):
        with platform_transaction():
            waiting = list(queries.platform_archives().filter(state=State.VERIFIED, copied_at=None))
        for archive in waiting:
            _bring(source, target, archive)
            _note(archive, actor=actor)
        _thin(target)
    return len(waiting)


def verify_platform_copy(archive: PlatformArchive, *, actor: Actor, progress: Progress = silent) -> str:
    """Read all of an archive at the second site; what is wrong with it, or nothing.

    A damaged one does not count as copied any more, and the next copying replaces it. Recorded in the log of
    the tenant in scope, the provider. Raises NoSecondSite, RunningAlready, StoreUnavailable.
    """
    target, wrong = second_site(), ""
    with exclusive(PLATFORM_ID, _LOCK):
        try:
            check_platform_archive(target, archive, progress)
        except ArchiveDamaged as damage:
            wrong = str(damage)
        with platform_transaction():
            if wrong:
                PlatformArchive.objects.filter(id=archive.id).update(copied_at=None)
            outcome = Outcome.FAILURE if wrong else Outcome.SUCCESS
            record(PLATFORM_COPY_CHECKED, actor=actor, target=archive, outcome=outcome, after={"cause": wrong})
    return wrong


def _bring(source: ObjectStore, target: ObjectStore, archive: PlatformArchive) -> None:
    place = archive.place
    names = [info.name for info in source.list(place.prefix) if info.name != place.manifest]
    for name in [*names, place.manifest]:
        with suppress(ObjectExists):
            copy_object(source, name, target, name)
    try:
        check_platform_archive(target, archive)
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
