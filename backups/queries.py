"""Reads of the catalogue of archives."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from auditlog.models import AuditEvent
from auditlog.queries import events, events_of_days
from backups.actions import ARCHIVE_DAMAGED, ARCHIVE_FAILED, RESTORE_REFUSED
from backups.models import Archive, State
from tenants.isolation.placement import PLATFORM_ALIAS
from tenants.isolation.transactions import atomic, current_connection, platform_transaction


def archives() -> QuerySet[Archive]:
    """The archives of the tenant, newest first; one that is being made or removed is none."""
    return Archive.objects.exclude(state=State.RUNNING)


@atomic()
def unchecked_archive() -> Archive | None:
    """The tenant's newest archive that waits for its verification."""
    return archives().filter(state=State.COMPLETE).first()


@atomic()
def archive_of_tenant(archive_id: UUID) -> Archive | None:
    """The archive of that id, if it is the tenant's."""
    return archives().filter(id=archive_id).first()


@atomic()
def made_since(when: datetime) -> bool:
    """Whether a backup of the tenant was begun since then and is verified."""
    return archives().filter(created_at__gte=when, state=State.VERIFIED).exists()


def is_running() -> bool:
    """Whether a backup of the tenant is being made."""
    return Archive.objects.filter(state=State.RUNNING, created_at__gte=timezone.now() - timedelta(days=1)).exists()


def failures(days: int = 30, most: int = 50) -> list[AuditEvent]:
    """What failed with the tenant's backups lately, newest first, with the cause, out of its audit log."""
    codes = [ARCHIVE_FAILED.code, ARCHIVE_DAMAGED.code, RESTORE_REFUSED.code]
    return list(events_of_days(events(), days).filter(action__in=codes)[:most])


def find_archive(archive_id: UUID) -> Archive | None:
    """The archive of that id, whichever tenant's it is; as the platform role."""
    return next(iter(_listed("AND id = %s", [archive_id])), None)


def archives_of_everybody() -> list[Archive]:
    """Every archive of every tenant, newest first; as the platform role."""
    return _listed("", [])


def next_run(now: datetime | None = None) -> datetime:
    """When the nightly run begins next."""
    schedule: Any = settings.CELERY_BEAT_SCHEDULE["back-up-every-tenant"]["schedule"]
    local = timezone.localtime(now, ZoneInfo(settings.CELERY_TIMEZONE))
    (hour,), (minute,) = schedule.hour, schedule.minute
    run = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return run if run > local else run + timedelta(days=1)


def _listed(condition: str, params: Sequence[Any]) -> list[Archive]:
    """In SQL, because the manager answers for one tenant only, and rightly so."""
    names = [field.attname for field in Archive._meta.concrete_fields]
    columns = ", ".join(f'"{field.column}"' for field in Archive._meta.concrete_fields)
    statement = f"SELECT {columns} FROM {Archive._meta.db_table} WHERE state <> %s {condition} ORDER BY created_at DESC"  # noqa: S608
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(statement, [State.RUNNING, *params])
        return [Archive.from_db(PLATFORM_ALIAS, names, row) for row in cursor.fetchall()]
