"""Reads of copies at the second site, and of examinations of stores."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from backups.models import Archive, State
from backups.sites.models import StoreCheck
from tenants.isolation.transactions import current_connection, platform_transaction

# A night's archives are at the second site by the evening; what is not is told.
LATE = timedelta(hours=25)
_UNCOPIED = f"""
    SELECT tenant_id, count(*), min(verified_at) FROM {Archive._meta.db_table}
    WHERE state = %s AND copied_at IS NULL AND verified_at <= %s GROUP BY tenant_id ORDER BY 3
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Uncopied:
    """A company with verified archives that are not at the second site: how many, and since when the oldest waits."""

    tenant_id: UUID
    archives: int
    since: datetime


def uncopied(*, older_than: timedelta = timedelta(0)) -> list[Uncopied]:
    """Companies whose verified archives wait for their copy, as the platform role; none without a second site."""
    if not settings.VAULT_BACKUP_COPY_STORE:
        return []
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_UNCOPIED, [State.VERIFIED, timezone.now() - older_than])
        return [Uncopied(*row) for row in cursor.fetchall()]


def late_copies() -> list[Uncopied]:
    """Companies whose copies are late: something is wrong with the second site, or the way to it is too narrow."""
    return uncopied(older_than=LATE)


def newest_store_checks() -> list[StoreCheck]:
    """The newest examination of every store that was ever examined, as the platform role."""
    with platform_transaction():
        return list(StoreCheck.objects.order_by("store", "-at").distinct("store"))
