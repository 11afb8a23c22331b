"""The series of recovery points (B1): one for every verified archive, written with its verification."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from backups.models import Archive
from backups.watch.models import RecoveryPoint
from tenants.queries import current_tenant


def keep_point(archive: Archive) -> None:
    """Remember the first verification of an archive; one that was thought damaged counts again."""
    if archive.snapshot_at is None or archive.verified_at is None:
        return
    if RecoveryPoint.objects.filter(archive_id=archive.id).update(damaged_at=None):
        return
    gap = archive.verified_at - (newest_moment() or current_tenant().created_at)
    RecoveryPoint.objects.create(
        archive_id=archive.id,
        tenant_id=archive.tenant_id,
        day=timezone.localdate(archive.created_at, ZoneInfo(settings.CELERY_TIMEZONE)),
        snapshot_at=archive.snapshot_at,
        verified_at=archive.verified_at,
        gap=max(0, round(gap.total_seconds())),
        size=archive.size,
        seconds=archive.seconds,
    )


def lose_point(archive: Archive) -> None:
    """The archive cannot be restored, so nothing can be brought back to its moment."""
    RecoveryPoint.objects.filter(archive_id=archive.id, damaged_at=None).update(damaged_at=timezone.now())


def newest_moment() -> datetime | None:
    """The newest moment to which the tenant in scope could be restored."""
    newest: datetime | None = RecoveryPoint.objects.filter(damaged_at=None).aggregate(at=Max("snapshot_at"))["at"]
    return newest
