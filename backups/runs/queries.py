"""Reads across companies that a run goes by, as the platform role, and reads of runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from backups.models import State
from backups.runs.models import PlatformArchive, Run, RunState
from tenants.isolation.transactions import current_connection, platform_transaction

_FIGURES = """
    SELECT count(DISTINCT tenant_id) FILTER (WHERE state = 'verified'), coalesce(sum(row_count), 0)::bigint,
           coalesce(sum(object_count), 0)::bigint, coalesce(sum(size), 0)::bigint, min(snapshot_at)
    FROM backups_archive WHERE run_id = %s AND state <> 'running'
"""
_NEWEST = """
    SELECT DISTINCT ON (tenant_id) tenant_id, id, manifest_sha256 FROM backups_archive
    WHERE state IN ('complete', 'verified') ORDER BY tenant_id, snapshot_at DESC
"""


def recent_runs(limit: int = 60) -> list[Run]:
    """The newest runs first, as the platform role."""
    with platform_transaction():
        return list(Run.objects.all()[:limit])


def newest_run() -> Run | None:
    """The run that began last."""
    return next(iter(recent_runs(1)), None)


def unfinished_runs() -> QuerySet[Run]:
    """Those that run, or died. In a platform transaction."""
    return Run.objects.filter(state=RunState.RUNNING).order_by("-started_at")


def platform_archives() -> QuerySet[PlatformArchive]:
    """The archives of the platform, newest first. In a platform transaction."""
    return PlatformArchive.objects.exclude(state=State.RUNNING)


def listed_platform_archives() -> list[PlatformArchive]:
    """All archives of the platform, newest first, as the platform role."""
    with platform_transaction():
        return list(platform_archives())


def find_platform_archive(archive_id: UUID) -> PlatformArchive | None:
    """The archive of the platform of that id."""
    with platform_transaction():
        return platform_archives().filter(id=archive_id).first()


def platform_archive_of(run: Run) -> PlatformArchive | None:
    """The archive of the platform that belongs to a run."""
    return find_platform_archive(run.platform_archive) if run.platform_archive else None


def midnight() -> datetime:
    """When the day of the nightly run began, in Japan."""
    local = timezone.localtime(timezone=ZoneInfo(settings.CELERY_TIMEZONE))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def taken_in(run_id: UUID) -> set[UUID]:
    """The companies that have an archive of a run, which is not damaged."""
    statement = "SELECT tenant_id FROM backups_archive WHERE run_id = %s AND state NOT IN ('running', 'damaged')"
    return _tenants(statement, run_id)


def taken_since(moment: datetime) -> set[UUID]:
    """The companies that have an archive which was begun since then and is not damaged."""
    statement = "SELECT tenant_id FROM backups_archive WHERE created_at >= %s AND state NOT IN ('running', 'damaged')"
    return _tenants(statement, moment)


def unchecked() -> set[UUID]:
    """The companies of which an archive waits for its verification."""
    return _tenants("SELECT tenant_id FROM backups_archive WHERE state = 'complete'")


def verified_since(moment: datetime) -> set[UUID]:
    """The companies of which an archive that was begun since then is verified."""
    return _tenants("SELECT tenant_id FROM backups_archive WHERE created_at >= %s AND state = 'verified'", moment)


def figures_of(run_id: UUID) -> tuple[int, int, int, int, datetime | None]:
    """Companies with a verified archive, rows, files, bytes and the earliest moment of the archives of a run."""
    ((companies, rows, objects, size, at),) = _rows(_FIGURES, run_id)
    return companies, rows, objects, size, at


def newest_archives() -> list[tuple[UUID, UUID, str]]:
    """Of every company its newest archive that is not damaged: tenant, archive, SHA-256 of the manifest."""
    return [(tenant, archive, sha256) for tenant, archive, sha256 in _rows(_NEWEST)]


def _tenants(statement: str, *params: Any) -> set[UUID]:
    return {tenant_id for (tenant_id,) in _rows(statement, *params)}


def _rows(statement: str, *params: Any) -> Sequence[tuple[Any, ...]]:
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
