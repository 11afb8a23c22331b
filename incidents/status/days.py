"""Ninety days of a component out of raw intervals: pure arithmetic on half-open spans of time (N8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from incidents.status.document import Day, State

# Days are those of Japan, and the page goes by this clock.
ZONE = ZoneInfo("Asia/Tokyo")

# What counts where several spans say something about the same moment. Announced maintenance is no stop; a stop that was
# seen outweighs what else was measured.
_WEIGHT = {State.OPERATIONAL: 1, State.DEGRADED: 2, State.DOWN: 3, State.MAINTENANCE: 4}
_FIELD = {
    State.OPERATIONAL: "up",
    State.DEGRADED: "degraded",
    State.DOWN: "down",
    State.MAINTENANCE: "planned",
    State.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` on and before `until` the component was in that state."""

    since: datetime
    until: datetime
    state: State


def days_of(spans: Sequence[Span], *, count: int, now: datetime) -> tuple[Day, ...]:
    """The last `count` days, today included as far as it has gone; every second that no span covers is unknown."""
    today = now.astimezone(ZONE).date()
    known = sorted((span for span in spans if span.state in _WEIGHT), key=lambda span: span.since)
    return tuple(_day(today - timedelta(days=back), known, now=now) for back in range(count - 1, -1, -1))


def _day(day: date, spans: Iterable[Span], *, now: datetime) -> Day:
    begins = datetime.combine(day, time(), ZONE)
    ends = min(datetime.combine(day + timedelta(days=1), time(), ZONE), now)
    inside = [
        Span(max(span.since, begins), min(span.until, ends), span.state)
        for span in spans
        if span.since < ends and span.until > begins
    ]
    edges = sorted({begins, ends, *(span.since for span in inside), *(span.until for span in inside)})
    seconds = dict.fromkeys(_FIELD.values(), 0.0)
    for since, until in pairwise(edges):
        here = [span.state for span in inside if span.since <= since and span.until >= until]
        state = max(here, key=_WEIGHT.__getitem__, default=State.UNKNOWN)
        seconds[_FIELD[state]] += (until - since).total_seconds()
    return Day(day=day, **{name: round(value) for name, value in seconds.items()})
