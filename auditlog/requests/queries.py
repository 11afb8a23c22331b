"""What operators ask the request log: how much, how quick, and what went wrong (G6). All as the platform role."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone

from auditlog.requests.models import RequestEntry
from tenants.isolation.transactions import current_connection, platform_transaction

_ROUTES = """
SELECT method, route, requests, errors, percentiles[1], percentiles[2], slowest FROM (
  SELECT method, route, count(*) AS requests, count(*) FILTER (WHERE status >= 500) AS errors,
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms) AS percentiles, max(duration_ms) AS slowest
  FROM requests_requestentry
  WHERE at >= %(since)s AND (%(tenant)s::uuid IS NULL OR tenant_id = %(tenant)s::uuid)
  GROUP BY method, route
) AS routes ORDER BY percentiles[2] DESC, route, method LIMIT %(most)s
"""
_VOLUME = """
SELECT date_bin(%(step)s, at, timestamptz '2000-01-01 00:00+00') AS begun, count(*),
  count(*) FILTER (WHERE status >= 500), percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms)
FROM requests_requestentry
WHERE at >= %(since)s AND (%(tenant)s::uuid IS NULL OR tenant_id = %(tenant)s::uuid)
GROUP BY begun ORDER BY begun
"""
_ANSWERED = """
SELECT count(*), count(*) FILTER (WHERE status >= 500), percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms)
FROM requests_requestentry WHERE at >= %s
"""
_MOST_ROUTES, _MOST_ERRORS = 25, 50


class Span(StrEnum):
    """The periods that are offered, by their names in addresses."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


# How far back each looks, and the width of one bar of its chart.
_WIDTHS = {
    Span.HOUR: (timedelta(hours=1), timedelta(minutes=5)),
    Span.DAY: (timedelta(days=1), timedelta(hours=1)),
    Span.WEEK: (timedelta(days=7), timedelta(hours=6)),
    Span.MONTH: (timedelta(days=30), timedelta(days=1)),
}


@dataclass(frozen=True, slots=True)
class Route:
    """How one address was answered in the period; times in milliseconds."""

    method: str
    route: str
    requests: int
    errors: int
    median: float
    p95: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The requests of one step of the period; time in milliseconds."""

    begun: datetime
    requests: int
    errors: int
    p95: float


@dataclass(frozen=True, slots=True)
class Overview:
    """A period at a glance."""

    bars: list[Bar]
    routes: list[Route]
    failed: list[RequestEntry]

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(bar.requests for bar in self.bars)

    @property
    def errors(self) -> int:
        """How many of them ended in an error of ours (5xx)."""
        return sum(bar.errors for bar in self.bars)


def overview(span: Span, *, tenant_id: UUID | None = None) -> Overview:
    """The period until now, of all tenants or of one: volume, slowest routes by their 95th percentile, last errors."""
    width, step = _WIDTHS[span]
    values: dict[str, Any] = {
        "since": timezone.now() - width,
        "step": step,
        "tenant": tenant_id,
        "most": _MOST_ROUTES,
    }
    with platform_transaction():
        failed = RequestEntry.objects.filter(at__gte=values["since"], status__gte=500).order_by("-at", "-id")
        if tenant_id:
            failed = failed.filter(tenant_id=tenant_id)
        with current_connection().cursor() as cursor:
            cursor.execute(_VOLUME, values)
            bars = [Bar(*row) for row in cursor.fetchall()]
            cursor.execute(_ROUTES, values)
            routes = [Route(*row) for row in cursor.fetchall()]
        return Overview(bars, routes, list(failed[:_MOST_ERRORS]))


@dataclass(frozen=True, slots=True)
class Answered:
    """How requests were answered since a moment; `p95` in milliseconds, None when there were none."""

    requests: int
    errors: int
    p95: float | None


def answered_since(since: datetime) -> Answered:
    """All requests since then that are stored, which takes some seconds."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_ANSWERED, [since])
        return Answered(*cursor.fetchone())
