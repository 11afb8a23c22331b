"""How much was recorded: by day or month and by kind (G2)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from auditlog.actions import Kind
from auditlog.models import AuditEvent
from auditlog.spans import Span

# With more days than these, a bar stands for a month.
_MOST_DAYS = 92
_PATIENCE_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Volume:
    """Numbers of events: for each bar its first day, for each kind that occurs one number a bar.

    `reached` is the moment back to which was counted, if time was up before the beginning of the span.
    """

    bars: list[date]
    by_month: bool
    series: dict[Kind, list[int]]
    reached: datetime | None

    @property
    def total(self) -> int:
        """All together."""
        return sum(map(sum, self.series.values()))


def volume_of(chosen: QuerySet[AuditEvent], span: Span, *, days: tuple[date, date]) -> Volume:
    """The chosen events of a span, counted by the days of the reader's zone, the newest first while time lasts."""
    counts: Counter[tuple[str, date]] = Counter()
    reached = span.until
    for part in span.steps(patience=_PATIENCE_SECONDS):
        found = chosen.filter(at__gte=part.since, at__lt=part.until).order_by()
        counted = found.annotate(day=_day_of("at")).values_list("kind", "day").annotate(times=Count("*"))
        for kind, day, times in counted:
            counts[kind, day] += times
        reached = part.since
    first, last = days
    first = max(first, min((day for _kind, day in counts), default=last))
    by_month = (last - first).days >= _MOST_DAYS
    bars = list(_months(first, last) if by_month else _days(first, last))
    summed = Counter[tuple[str, date]]()
    for (kind, day), times in counts.items():
        summed[kind, day.replace(day=1) if by_month else day] += times
    series = {kind: [summed[kind, bar] for bar in bars] for kind in Kind}
    occurring = {kind: values for kind, values in series.items() if any(values)}
    return Volume(bars, by_month, occurring, reached if reached > span.since else None)


def _day_of(column: str) -> TruncDate:
    return TruncDate(column, tzinfo=timezone.get_current_timezone())


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)
