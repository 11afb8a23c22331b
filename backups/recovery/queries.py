"""Reads of the journal of restores."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from backups.recovery.models import Restore, RestoreKind
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import platform_transaction

# So long the state before a restore in place is kept besides the generations of the plan.
SAFETY_DAYS = 14


def safety_archives() -> set[UUID]:
    """The archives of the tenant in scope that hold what was there before a restore in place, for some days."""
    since = timezone.now() - timedelta(days=SAFETY_DAYS)
    found = Restore.objects.filter(
        tenant_id=require_tenant_id(), kind=RestoreKind.IN_PLACE, started_at__gt=since, safety_archive_id__isnull=False
    )
    return {archive_id for archive_id in found.values_list("safety_archive_id", flat=True) if archive_id}


def restores(limit: int = 100) -> list[Restore]:
    """The newest restores of everybody, as the platform role."""
    with platform_transaction():
        return list(Restore.objects.all()[:limit])
