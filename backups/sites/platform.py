"""The archives of the platform at the second site (B3): without them the companies' archives are no service."""

from uuid import UUID

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import record
from backups.errors import ArchiveDamaged
from backups.layout import PLATFORM_ID
from backups.locks import exclusive
from backups.models import State
from backups.runs.actions import PLATFORM_ARCHIVE_COPIED
from backups.runs.models import PlatformArchive
from backups.runs.platform import GENERATIONS
from backups.runs.platformmanifest import read_platform_manifest
from backups.runs.queries import platform_archives
from backups.sites.copying import Brought, bring_platform_archive
from backups.sites.services import LOCK, Copied, second_site
from backups.sites.thinning import finished_at, take_surplus_away
from tenants.isolation.transactions import platform_transaction
from vault.stores import backup_store


def copy_platform_archives(*, actor: Actor) -> Copied:
    """Bring every verified archive of the platform to the second site, as `copy_archives` does those of a company.

    For the provider in scope, in whose log it is recorded; with no transaction open. Raises as `copy_archives`.
    """
    target, done = second_site(), Copied()
    with exclusive(PLATFORM_ID, LOCK):
        with platform_transaction():
            wanted = list(platform_archives().filter(state=State.VERIFIED))
        there = finished_at(target, PLATFORM_ID)
        for archive in wanted:
            if archive.copied_at is None or archive.id not in there:
                try:
                    brought = bring_platform_archive(backup_store(), target, archive)
                except ArchiveDamaged as damage:  # the next verification tells operators
                    done.failed[archive.id] = str(damage)
                    continue
                note_copied(archive, brought, actor=actor)
                done.add(archive.id, brought)
        surplus = take_surplus_away(
            target,
            PLATFORM_ID,
            _listed(),
            GENERATIONS,
            lambda place: read_platform_manifest(target, place).snapshot_at,
        )
        done.removed = len(surplus)
    return done


def note_copied(archive: PlatformArchive, brought: Brought, *, actor: Actor) -> None:
    """The archive is whole at the second site."""
    with platform_transaction():
        archive.copied_at = timezone.now()
        if PlatformArchive.objects.filter(id=archive.id).update(copied_at=archive.copied_at):
            record(
                PLATFORM_ARCHIVE_COPIED,
                actor=actor,
                target=archive,
                after={"objects": brought.objects, "bytes": brought.bytes},
            )


def _listed() -> set[UUID]:
    with platform_transaction():
        return set(PlatformArchive.objects.values_list("id", flat=True))
