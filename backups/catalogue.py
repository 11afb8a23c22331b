"""The catalogue of the tenant in scope: what may be called an archive, and what is only in the making (B2)."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from backups.actions import ARCHIVE_DAMAGED, ARCHIVE_MADE, ARCHIVE_VERIFIED
from backups.errors import ArchiveDamaged
from backups.layout import ArchivePlace
from backups.manifest import FORMAT, Manifest
from backups.models import Archive, State
from backups.watch.points import keep_point, lose_point
from tenants.isolation.context import require_tenant_id
from tenants.isolation.models import new_id
from tenants.isolation.transactions import atomic


@atomic()
def begin(run_id: UUID | None = None) -> Archive:
    """Note down that an archive is being made, so that the next run finds what this one may leave."""
    key = new_id()
    prefix = ArchivePlace(require_tenant_id(), key).prefix
    return Archive.objects.create(id=key, format_version=FORMAT, prefix=prefix, run_id=run_id)


@atomic()
def complete(
    archive: Archive, manifest: Manifest, manifest_sha256: str, *, actor: Actor, seconds: float | None = None
) -> Archive:
    """List an archive whose manifest is in the store. `seconds` is how long it took, if somebody knows."""
    archive.state = State.COMPLETE
    archive.snapshot_at = manifest.snapshot_at
    archive.manifest_sha256 = manifest_sha256
    archive.seconds = seconds
    archive.row_count, archive.object_count, archive.size = manifest.rows, manifest.objects.count, manifest.size
    archive.save()
    record(ARCHIVE_MADE, actor=actor, target=archive, after=described(archive))
    return archive


@atomic()
def set_verified(archive: Archive, *, actor: Actor) -> None:
    """Everything about the archive was read and is right (B5)."""
    archive.state, archive.verified_at, archive.error = State.VERIFIED, timezone.now(), ""
    archive.save(update_fields=["state", "verified_at", "error"])
    keep_point(archive)
    record(ARCHIVE_VERIFIED, actor=actor, target=archive, after=described(archive))


@atomic()
def set_damaged(archive: Archive, damage: ArchiveDamaged, *, actor: Actor) -> None:
    """The archive is not what was written."""
    archive.state, archive.error = State.DAMAGED, str(damage)
    archive.save(update_fields=["state", "error"])
    lose_point(archive)
    after = {"part": damage.part, "cause": damage.cause.value}
    record(ARCHIVE_DAMAGED, actor=actor, target=archive, outcome=Outcome.FAILURE, after=after)


def described(archive: Archive) -> dict[str, Any]:
    """The figures of an archive, for the audit log and for machines."""
    return {
        "snapshot_at": archive.snapshot_at.isoformat() if archive.snapshot_at else None,
        "rows": archive.row_count,
        "objects": archive.object_count,
        "bytes": archive.size,
    }
