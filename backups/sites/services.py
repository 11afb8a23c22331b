"""The second site of a company's backups (B3): brought there, checked there, taken away there.

Under a lock of its own: a first copy may take days, and the nightly backup must not wait for it. What goes away at the
first site meanwhile is only not found there, and is not copied.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record, record_apart
from backups import queries
from backups.errors import ArchiveDamaged, NoSecondSite
from backups.locks import exclusive
from backups.manifest import read_manifest
from backups.models import Archive, State
from backups.progress import Progress, silent
from backups.sites.actions import ARCHIVE_COPIED, COPY_DAMAGED, COPY_FAILED, COPY_VERIFIED
from backups.sites.copying import Brought, bring_archive
from backups.sites.thinning import finished_at, remove_surplus
from backups.verifying import check_parts
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic
from vault.stores import ObjectStore, backup_copy_store, backup_store

# Who copies for a company, or for the platform, holds it.
LOCK = "copies of backups"


@dataclass(slots=True)
class Copied:
    """What a copying of the tenant in scope did; `failed` holds the cause by archive."""

    archives: list[UUID] = field(default_factory=list)
    objects: int = 0
    bytes: int = 0
    removed: int = 0
    failed: dict[UUID, str] = field(default_factory=dict)

    def add(self, archive: UUID, brought: Brought) -> None:
        """One archive more is there."""
        self.archives.append(archive)
        self.objects += brought.objects
        self.bytes += brought.bytes


def second_site() -> ObjectStore:
    """The store of the second site. Raises NoSecondSite."""
    store = backup_copy_store()
    if store is None:
        raise NoSecondSite
    return store


def copy_archives(*, actor: Actor, progress: Progress = silent) -> Copied:
    """Bring every verified archive of the tenant in scope to the second site, the newest first, and take away the old.

    What is there is not brought again; a run that dies is carried on by the next. Call it with no transaction open.
    Raises NoSecondSite, RunningAlready, ObjectRetained, StoreUnavailable.
    """
    target, done = second_site(), Copied()
    with exclusive(require_tenant_id(), LOCK):
        with atomic():
            wanted = list(queries.archives().filter(state=State.VERIFIED))
        there = finished_at(target, require_tenant_id())
        for archive in wanted:
            if archive.copied_at is None or archive.id not in there:
                _copy(target, archive, done, actor, progress)
        done.removed = remove_surplus(target, actor=actor)
    return done


def verify_copy(archive: Archive, *, actor: Actor, progress: Progress = silent) -> str:
    """Read all of an archive at the second site; what is wrong with it, or nothing.

    A damaged one does not count as copied any more, and the next copying mends it. Call it in the tenant's scope with
    no transaction open. Raises NoSecondSite, RunningAlready, StoreUnavailable.
    """
    target = second_site()
    with exclusive(archive.tenant_id, LOCK):
        try:
            check_parts(target, read_manifest(target, archive.place, sha256=archive.manifest_sha256), progress)
        except ArchiveDamaged as damage:
            _note_damage(archive, damage, actor=actor)
            return str(damage)
        _note_verified(archive, actor=actor)
        return ""


def _copy(target: ObjectStore, archive: Archive, done: Copied, actor: Actor, progress: Progress) -> None:
    try:
        brought = bring_archive(backup_store(), target, archive, progress)
    except ArchiveDamaged as damage:
        done.failed[archive.id] = str(damage)
        after = {"part": damage.part, "cause": damage.cause.value}
        record_apart(COPY_FAILED, actor=actor, target=Target.of(archive), outcome=Outcome.FAILURE, after=after)
        return
    note_copied(archive, brought, actor=actor)
    done.add(archive.id, brought)


@atomic()
def note_copied(archive: Archive, brought: Brought, *, actor: Actor) -> None:
    """The archive is whole at the second site; nothing is noted of one that is not listed any more."""
    archive.copied_at = timezone.now()
    if Archive.objects.filter(id=archive.id).update(copied_at=archive.copied_at):
        record(ARCHIVE_COPIED, actor=actor, target=archive, after={"objects": brought.objects, "bytes": brought.bytes})


@atomic()
def _note_damage(archive: Archive, damage: ArchiveDamaged, *, actor: Actor) -> None:
    archive.copied_at = None
    Archive.objects.filter(id=archive.id).update(copied_at=None)
    after = {"part": damage.part, "cause": damage.cause.value}
    record(COPY_DAMAGED, actor=actor, target=archive, outcome=Outcome.FAILURE, after=after)


@atomic()
def _note_verified(archive: Archive, *, actor: Actor) -> None:
    record(COPY_VERIFIED, actor=actor, target=archive)
