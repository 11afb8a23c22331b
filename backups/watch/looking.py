"""What can be wrong with backups, each found by one statement for all companies (B5). In a platform transaction."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from backups.companies import RECOVERY_POINT_OBJECTIVE
from backups.drills.queries import drills_needing_attention
from backups.runs.models import RunState
from backups.runs.queries import newest_run
from backups.sites.queries import late_copies, newest_store_checks
from backups.watch.models import ProblemKind
from tenants.isolation.transactions import current_connection

Found = dict[tuple[str, UUID | None], str]  # what exactly is wrong, by kind and company

# Nothing older than the company can be lost, so a new one has its first backup within the same time as any other.
_OVERDUE = """
SELECT t.id, coalesce(to_char(n.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), '')
FROM tenants_tenant t LEFT JOIN (
    SELECT a.tenant_id, max(a.snapshot_at) AS at FROM backups_archive a WHERE a.state = 'verified' GROUP BY a.tenant_id
) n ON n.tenant_id = t.id
WHERE t.state NOT IN ('erased', 'suspended') AND coalesce(n.at, t.created_at) < %s
"""
# One that was never sound is made good by the next one that is; one that has become damaged stays lost.
_DAMAGED = """
SELECT d.tenant_id, string_agg(d.id || ' ' || d.error, E'\\n' ORDER BY d.created_at DESC)
FROM backups_archive d JOIN tenants_tenant t ON t.id = d.tenant_id AND t.state <> 'erased'
WHERE d.state = 'damaged' AND (d.verified_at IS NOT NULL OR NOT EXISTS (
    SELECT FROM backups_archive a
    WHERE a.tenant_id = d.tenant_id AND a.state = 'verified' AND a.created_at > d.created_at
))
GROUP BY d.tenant_id
"""
Look = Callable[[datetime], Iterator[tuple[str, UUID | None, str]]]


def overdue(now: datetime) -> Iterator[tuple[str, UUID | None, str]]:
    """Companies that cannot be restored to at most 25 hours ago (B1)."""
    for tenant_id, newest in _rows(_OVERDUE, now - RECOVERY_POINT_OBJECTIVE):
        yield ProblemKind.OVERDUE, tenant_id, newest


def damaged(_now: datetime) -> Iterator[tuple[str, UUID | None, str]]:
    """Companies with a generation that is not what was written."""
    for tenant_id, archives in _rows(_DAMAGED):
        yield ProblemKind.DAMAGED, tenant_id, archives


def drills(now: datetime) -> Iterator[tuple[str, UUID | None, str]]:
    """Companies whose last restore drill failed, or that had no sound one for 30 days (B5)."""
    for standing in drills_needing_attention(now):
        if standing.failed and standing.last is not None:
            yield ProblemKind.DRILL_FAILED, standing.tenant.id, f"{standing.last.id} {standing.last.error}"
        if standing.is_overdue(now):
            yield ProblemKind.DRILL_OVERDUE, standing.tenant.id, ""


def run(_now: datetime) -> Iterator[tuple[str, UUID | None, str]]:
    """The newest run, when it failed for some company or for the platform (B1); the next one makes it good."""
    newest = newest_run()
    if newest is not None and newest.state == RunState.FAILED:
        yield ProblemKind.RUN_FAILED, None, f"{newest.id} {newest.failed}/{newest.companies} {newest.error}".strip()


def second_site(_now: datetime) -> Iterator[tuple[str, UUID | None, str]]:
    """Archives that should be at the second site by now (B3). One problem of all: it is the site that is away."""
    if late_copies():
        yield ProblemKind.SITE_BEHIND, None, ""


def stores(_now: datetime) -> Iterator[tuple[str, UUID | None, str]]:
    """Stores whose newest examination was not sound, with the probes that failed (B3)."""
    failed = [
        f"{one.address}: {', '.join(check['check'] for check in one.checks if not check['held'])}"
        for one in newest_store_checks()
        if not one.sound
    ]
    if failed:
        yield ProblemKind.DOCTOR_FAILED, None, "\n".join(failed)


LOOKS: tuple[Look, ...] = (overdue, damaged, run, drills, second_site, stores)


def look(now: datetime) -> Found:
    """Everything that is wrong at that time."""
    return {(kind, about): detail for one in LOOKS for kind, about, detail in one(now)}


def _rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
