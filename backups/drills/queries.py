"""Reads of drills. Those of one company need its scope; the others are the platform role's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Max
from django.utils import timezone

from backups.drills.models import Drill, Kind
from backups.models import Archive, State
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic, current_connection, platform_transaction
from tenants.models import Tenant
from tenants.queries import open_tenants

# Every company is drilled within this time (B5).
PERIOD = timedelta(days=30)

_FIGURES = """
    SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
      percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds), max(seconds)
    FROM drills_drill WHERE kind = %(kind)s AND sound AND started_at >= %(since)s
"""
_MONTHS = """
    SELECT date_trunc('month', started_at AT TIME ZONE %(zone)s)::date AS month, count(*),
      percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds),
      max(seconds)
    FROM drills_drill WHERE kind = %(kind)s AND sound AND started_at >= %(since)s GROUP BY month ORDER BY month
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Recovery times in seconds; None where there was no sound drill."""

    drills: int
    median: float | None
    p95: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """The recovery times (RTO) of a kind, of all the time asked for and by month (Japanese)."""

    total: Figures
    months: list[tuple[date, Figures]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a company stands. `sound_at` is its last sound drill; `drillable`: it has a verified backup."""

    tenant: Tenant
    last: Drill | None
    sound_at: datetime | None
    drillable: bool

    @property
    def failed(self) -> bool:
        """Whether the last drill found something wrong."""
        return self.last is not None and not self.last.sound

    @property
    def due_at(self) -> datetime:
        """Until when the next sound drill has to be."""
        return (self.sound_at or self.tenant.created_at) + PERIOD

    def is_overdue(self, now: datetime) -> bool:
        """Whether the promise of B5 is broken."""
        return self.due_at < now


@atomic()
def last_drill() -> Drill | None:
    """The last drill of the company in scope."""
    return Drill.objects.filter(tenant_id=require_tenant_id(), kind=Kind.COMPANY).first()


@atomic()
def drilled_since(moment: datetime) -> bool:
    """Whether the company in scope was drilled since then, with whatever result."""
    return Drill.objects.filter(tenant_id=require_tenant_id(), kind=Kind.COMPANY, started_at__gte=moment).exists()


def find_drill(drill_id: UUID) -> Drill | None:
    """The drill of an id, whosever it is."""
    with platform_transaction():
        return Drill.objects.filter(id=drill_id).first()


def drill_page(
    *, tenant_id: UUID | None = None, sound: bool | None = None, number: Any = 1, size: int = 25
) -> Page[Drill]:
    """One page of the drills of everybody, newest first, or of one company or outcome; read in full."""
    found = Drill.objects.order_by("-started_at", "-id")
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    if sound is not None:
        found = found.filter(sound=sound)
    with platform_transaction():
        page = Paginator(found, size).get_page(number)
        page.object_list = list(page.object_list)
    return page


def latest_drills() -> dict[UUID, Drill]:
    """The last drill of each company that was ever drilled."""
    newest = Drill.objects.filter(kind=Kind.COMPANY).order_by("tenant_id", "-started_at", "-id").distinct("tenant_id")
    with platform_transaction():
        return {drill.tenant_id: drill for drill in newest}


def standings() -> list[Standing]:
    """Every open company, by code."""
    tenants, latest = open_tenants(), latest_drills()
    with platform_transaction():
        passed = Drill.objects.filter(kind=Kind.COMPANY, sound=True).order_by()
        sound = dict(passed.values("tenant_id").annotate(at=Max("started_at")).values_list("tenant_id", "at"))
        with current_connection().cursor() as cursor:  # a query of the model would be for one company
            table = Archive._meta.db_table
            cursor.execute(f"SELECT DISTINCT tenant_id FROM {table} WHERE state = %s", [State.VERIFIED])  # noqa: S608
            drillable = {tenant_id for (tenant_id,) in cursor.fetchall()}
    return [Standing(tenant, latest.get(tenant.id), sound.get(tenant.id), tenant.id in drillable) for tenant in tenants]


def overdue_companies(now: datetime | None = None) -> list[Standing]:
    """Those without a sound drill in the last 30 days, the longest without one first."""
    now = now or timezone.now()
    return sorted((each for each in standings() if each.is_overdue(now)), key=lambda each: each.due_at)


def drills_needing_attention(now: datetime | None = None) -> list[Standing]:
    """Companies whose last drill failed or whose next one is overdue: what operators must be told of."""
    now = now or timezone.now()
    return [each for each in standings() if each.failed or each.is_overdue(now)]


def rto_series(*, kind: Kind = Kind.COMPANY, months: int = 12, now: datetime | None = None) -> Series:
    """Median, 95th percentile and worst of the recovery times of sound drills in the last months."""
    values: dict[str, Any] = {
        "kind": kind,
        "since": (now or timezone.now()) - timedelta(days=round(months * 30.44)),
        "zone": settings.CELERY_TIMEZONE,
    }
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_FIGURES, values)
        total = Figures(*cursor.fetchone())
        cursor.execute(_MONTHS, values)
        return Series(total, [(month, Figures(*figures)) for month, *figures in cursor.fetchall()])


def begin_of_day(now: datetime | None = None) -> datetime:
    """Midnight in Japan, by whose clock the rota goes."""
    local = timezone.localtime(now, ZoneInfo(settings.CELERY_TIMEZONE))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
