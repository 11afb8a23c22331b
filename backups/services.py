"""The whole of one backup: made, checked, and then the generations of the plan (B1, B2, B5)."""

from dataclasses import dataclass

from auditlog.actors import Actor
from backups.generations import apply_generations
from backups.models import Archive
from backups.progress import Progress, silent
from backups.taking import take_archive
from backups.verifying import verify_archive


@dataclass(frozen=True, slots=True)
class BackedUp:
    """The archive, whether it is verified, and how many older ones went."""

    archive: Archive
    verified: bool
    removed: int


def back_up(*, actor: Actor, progress: Progress = silent) -> BackedUp:
    """Make and verify an archive of the tenant in scope, then remove what its plan no longer keeps.

    Call it with no transaction open. Raises BackupError, VaultError, DatabaseError.
    """
    return _finished(take_archive(actor=actor, progress=progress), actor, progress)


def _finished(archive: Archive, actor: Actor, progress: Progress) -> BackedUp:
    verified = verify_archive(archive, actor=actor, progress=progress)
    removed = apply_generations(actor=actor) if verified else 0
    return BackedUp(archive, verified, removed)
