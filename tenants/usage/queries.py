"""Reads of usage figures: one company over time, and all companies beside one another (T9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tenants.isolation.transactions import current_connection, platform_transaction
from tenants.models import Tenant
from tenants.plans import PLANS, PlanCode
from tenants.usage.forecast import Trend
from tenants.usage.models import Figures, UsageDay, UsageHour

_HOURS, _DAYS, _MONTHS = 24, 30, 12
_STOCK = ("users_active", "users_suspended", "documents", "storage", "backups")


class Span(StrEnum):
    """The periods that are offered, by their names in addresses."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Point:
    """One hour, day or month: when it began, where the company is, and what was counted."""

    at: datetime | date
    figures: Figures


def points(tenant: Tenant, span: Span, now: datetime) -> list[Point]:
    """The figures of a company until now: by hour, day or month. In a transaction that may see them."""
    zone = ZoneInfo(tenant.time_zone)
    if span is Span.DAY:
        hours = UsageHour.objects.filter(tenant_id=tenant.id, hour__gte=now - timedelta(hours=_HOURS + 1))
        return [Point(one.hour.astimezone(zone), one) for one in hours][-_HOURS:]
    today = now.astimezone(zone).date()
    days = UsageDay.objects.filter(tenant_id=tenant.id)
    if span is Span.MONTH:
        return [Point(one.day, one) for one in days.filter(day__gte=today - timedelta(days=_DAYS))]
    first = date(today.year - 1, today.month, 1)
    return [
        Point(month, _summed(list(group)))
        for month, group in groupby(days.filter(day__gte=first), key=lambda one: one.day.replace(day=1))
    ][-_MONTHS:]


def points_of_company(tenant: Tenant, span: Span, now: datetime) -> list[Point]:
    """The same, as the platform role."""
    with platform_transaction():
        return points(tenant, span, now)


def _summed(days: Sequence[UsageDay]) -> UsageDay:
    """A month: stock as of its last day, what flowed together; times of days cannot be averaged."""
    stock: dict[str, Any] = {}
    for name in _STOCK:
        known = [value for day in days if (value := getattr(day, name)) is not None]
        stock[name] = known[-1] if known else None
    flows = {name: sum(getattr(day, name) for day in days) for name in ("requests", "errors", "events")}
    return UsageDay(day=days[-1].day, tenant_id=days[-1].tenant_id, **stock, **flows)


_STANDINGS = """
SELECT t.id, t.company_code, t.name, t.plan_code, n.day, n.users_active, n.documents, n.storage, n.backups,
       o.day, o.users_active, o.storage, coalesce(f.requests, 0), coalesce(f.errors, 0), f.p95_ms
FROM tenants_tenant t
LEFT JOIN LATERAL (
    SELECT * FROM usage_usageday d WHERE d.tenant_id = t.id AND d.storage IS NOT NULL ORDER BY d.day DESC LIMIT 1
) n ON true
LEFT JOIN LATERAL (
    SELECT * FROM usage_usageday d
    WHERE d.tenant_id = t.id AND d.storage IS NOT NULL AND d.day >= n.day - 30 ORDER BY d.day LIMIT 1
) o ON true
LEFT JOIN LATERAL (
    SELECT sum(d.requests) AS requests, sum(d.errors) AS errors, max(d.p95_ms) AS p95_ms
    FROM usage_usageday d WHERE d.tenant_id = t.id AND d.day > n.day - 30
) f ON true
WHERE t.state <> 'erased'
ORDER BY t.company_code
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How much a company uses and how that grows. Unknown before its first whole day. `p95_ms` is of the worst day."""

    tenant_id: UUID
    company_code: str
    name: str
    plan_code: str
    day: date | None
    users: int | None
    documents: int | None
    storage: int | None
    backups: int | None
    since: date | None
    users_before: int | None
    storage_before: int | None
    requests: int
    errors: int
    p95_ms: float | None

    @property
    def users_trend(self) -> Trend:
        """Users against the plan."""
        return Trend(self.day, self.users, self.since, self.users_before, PLANS[PlanCode(self.plan_code)].users)

    @property
    def storage_trend(self) -> Trend:
        """Bytes against the plan."""
        allowed = PLANS[PlanCode(self.plan_code)].storage_bytes
        return Trend(self.day, self.storage, self.since, self.storage_before, allowed)

    @property
    def full_on(self) -> date | None:
        """When the first limit of the plan is reached, if it goes on as it does."""
        return min((day for trend in (self.users_trend, self.storage_trend) if (day := trend.full_on)), default=None)

    @property
    def plan_label(self) -> str:
        """The plan in the reader's language."""
        return str(PlanCode(self.plan_code).label)


def standings() -> list[Standing]:
    """Every company that is not erased, by its code; one question, as the platform role."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_STANDINGS)
        return [Standing(*row) for row in cursor.fetchall()]


# How the list can be sorted: the largest first, for `full_on` the soonest.
ORDERS = ("storage", "users", "requests", "growth", "full")


def sorted_standings(order: str) -> list[Standing]:
    """The top consumers first."""
    found = standings()
    keys: dict[str, Any] = {
        "storage": lambda one: -(one.storage or 0),
        "users": lambda one: -(one.users or 0),
        "requests": lambda one: -one.requests,
        "growth": lambda one: -(one.storage_trend.growth or 0),
        "full": lambda one: one.full_on or date.max,
    }
    return sorted(found, key=keys.get(order, keys["storage"]))
