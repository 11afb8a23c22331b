"""Reads about problems with backups and about the recovery point objective (B1, B5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backups.companies import RECOVERY_POINT_OBJECTIVE
from backups.watch.models import BackupProblem, RecoveryPoint
from tenants.isolation.transactions import current_connection, platform_transaction
from tenants.models import Tenant

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class NamedProblem:
    """An open problem and the company that it is about, if it is about one."""

    problem: BackupProblem
    company_code: str
    name: str


def untold_problems() -> list[NamedProblem]:
    """Of what operators have not been told; as the platform role."""
    return _named(told_at=None)


def open_problems(about: UUID | None = None, *, most: int = 100) -> list[NamedProblem]:
    """What is wrong now, of one company or of all, oldest first; as the platform role."""
    return _named(most, **({"about": about} if about else {}))


def _named(most: int | None = None, **conditions: Any) -> list[NamedProblem]:
    with platform_transaction():
        found = list(BackupProblem.objects.filter(ended_at=None, **conditions).order_by("began_at", "id")[:most])
        tenants = {each.id: each for each in Tenant.objects.filter(id__in={one.about for one in found if one.about})}
    return [
        NamedProblem(one, tenant.company_code if tenant else "", tenant.name if tenant else "")
        for one, tenant in ((one, tenants.get(one.about) if one.about else None) for one in found)
    ]


@dataclass(frozen=True, slots=True)
class RecoveryEvidence:
    """How far back the newest restorable data lay: at worst in the last 12 months, and now.

    `worst` ended at `worst_at`; of `points` verified backups since `since`, before `missed` it had become older than 25
    hours. `age` is what would be lost now. All None or 0 before the first backup.
    """

    since: datetime | None
    points: int
    missed: int
    worst: timedelta | None
    worst_at: datetime | None
    age: timedelta | None

    @property
    def worst_hours(self) -> float | None:
        """The worst of it in hours."""
        return self.worst.total_seconds() / 3600 if self.worst is not None else None

    @property
    def age_hours(self) -> float | None:
        """What would be lost now, in hours of work."""
        return self.age.total_seconds() / 3600 if self.age is not None else None


def growth(points: int = 30) -> dict[str, Any]:
    """The sizes of the newest backups of the tenant in scope, oldest first, in MB: the plan of a chart."""
    newest = list(RecoveryPoint.objects.order_by("-snapshot_at").values_list("day", "size")[:points])[::-1]
    values = [round(size / 1_000_000, 2) for _day, size in newest]
    return {
        "labels": [date_format(day, "n/j") for day, _size in newest],
        "series": [{"label": _("Size"), "values": values}],
    }


_EVIDENCE = """
SELECT min(p.verified_at), count(*), count(*) FILTER (WHERE p.gap > %(most)s), max(p.gap),
       (array_agg(p.verified_at ORDER BY p.gap DESC))[1]
FROM backup_watch_recoverypoint p
WHERE p.verified_at >= %(from)s AND (%(tenant)s::uuid IS NULL OR p.tenant_id = %(tenant)s)
"""
_AGE = """
SELECT min(coalesce((
    SELECT max(p.snapshot_at) FROM backup_watch_recoverypoint p WHERE p.tenant_id = t.id AND p.damaged_at IS NULL
), t.created_at))
FROM tenants_tenant t
WHERE t.state NOT IN ('erased', 'suspended') AND (%(tenant)s::uuid IS NULL OR t.id = %(tenant)s)
"""


def recovery_evidence_of_all(now: datetime | None = None) -> RecoveryEvidence:
    """Of every company together, as the platform role; `age` is that of the company that is worst off (B1)."""
    with platform_transaction():
        return _evidence(None, now or timezone.now())


def recovery_evidence(tenant_id: UUID, now: datetime | None = None) -> RecoveryEvidence:
    """Of one company: of the tenant in scope in its own transaction, of any in one of the platform role (B1)."""
    return _evidence(tenant_id, now or timezone.now())


def worst_age(now: datetime) -> timedelta | None:
    """What the company that is worst off would lose now, as the platform role; None before there is a company."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_AGE, {"tenant": None})
        (newest,) = cursor.fetchone()
    return now - newest if newest else None


def _evidence(tenant_id: UUID | None, now: datetime) -> RecoveryEvidence:
    params = {"from": now - YEAR, "tenant": tenant_id, "most": RECOVERY_POINT_OBJECTIVE.total_seconds()}
    with current_connection().cursor() as cursor:
        cursor.execute(_EVIDENCE, params)
        since, points, missed, worst, worst_at = cursor.fetchone()
        cursor.execute(_AGE, params)
        (newest,) = cursor.fetchone()
    seconds = None if worst is None else timedelta(seconds=worst)
    return RecoveryEvidence(since, points, missed, seconds, worst_at, now - newest if newest else None)
