"""Availability, free of the database (N8): (planned time - stop) / planned time, of what is known.

Planned time is the period without maintenance that was announced in time. Time about which nobody knows is neither up
nor down: it is left out of the number, told beside it, and counted as a stop in the lower bound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.spans import Span

JAPAN = ZoneInfo("Asia/Tokyo")  # months are cut by its clock, which the promise names
_NOTHING = timedelta()
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Rules:
    """How it is counted, shown beside every number: stops below `shortest` are left out, by default none.

    Percentages have so many `decimals` and are cut off, never rounded up: 99.995 is not 100.
    """

    shortest: timedelta = _NOTHING
    decimals: int = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """One component in one period. `outages` are stops outside of maintenance, `ignored` those that are too short."""

    period: timedelta = _NOTHING
    excluded: timedelta = _NOTHING
    unknown: timedelta = _NOTHING
    degraded: timedelta = _NOTHING
    outages: list[Stretch] = field(default_factory=list)
    ignored: list[Stretch] = field(default_factory=list)

    @property
    def planned(self) -> timedelta:
        """The time in which the service should have worked."""
        return self.period - self.excluded

    @property
    def down(self) -> timedelta:
        """How long it did not, of what counts."""
        return _total(self.outages)


def measure(spans: Iterable[Span], planned_stops: Iterable[Stretch], period: Stretch, rules: Rules) -> Figures:
    """The figures of a period, from its timeline without holes and the announced maintenance."""
    exclusions = merged(planned_stops, period)
    outside = [(span.state, stretch) for span in spans for stretch in without((span.since, span.until), exclusions)]
    stops = _joined([stretch for state, stretch in outside if state == ProbeState.DOWN])
    return Figures(
        period=period[1] - period[0],
        excluded=_total(exclusions),
        unknown=_total(stretch for state, stretch in outside if state == ProbeState.UNKNOWN),
        degraded=_total(stretch for state, stretch in outside if state == ProbeState.DEGRADED),
        outages=[stop for stop in stops if stop[1] - stop[0] >= rules.shortest],
        ignored=[stop for stop in stops if stop[1] - stop[0] < rules.shortest],
    )


def percentage(down: timedelta, whole: timedelta, decimals: int) -> Decimal | None:
    """What is left of the whole, in percent, cut off after so many decimals; None of nothing."""
    if whole <= _NOTHING:
        return None
    microsecond = timedelta(microseconds=1)
    up = Decimal((whole - down) // microsecond) * 100 / Decimal(whole // microsecond)
    return max(up, Decimal(0)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)


def month_of(moment: datetime) -> date:
    """The first day of the Japanese month of a moment."""
    return moment.astimezone(JAPAN).date().replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def bounds_of(month: date) -> Stretch:
    """When a month begins and ends in Japan."""
    begins, ends = (datetime(day.year, day.month, 1, tzinfo=JAPAN) for day in (month, next_month(month)))
    return begins, ends


def merged(stretches: Iterable[Stretch], period: Stretch) -> list[Stretch]:
    """What of them lies in the period, in order, those that touch or overlap as one."""
    cut = sorted((max(since, period[0]), min(until, period[1])) for since, until in stretches)
    return _joined([stretch for stretch in cut if stretch[0] < stretch[1]])


def without(stretch: Stretch, exclusions: Sequence[Stretch]) -> list[Stretch]:
    """What is left of a stretch of time."""
    left: list[Stretch] = []
    since, until = stretch
    for begins, ends in exclusions:
        if begins > since:
            left.append((since, min(begins, until)))
        since = max(since, ends)
        if since >= until:
            break
    else:
        left.append((since, until))
    return [one for one in left if one[0] < one[1]]


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for since, until in stretches:
        if joined and since <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(until, joined[-1][1])
        else:
            joined.append((since, until))
    return joined


def _total(stretches: Iterable[Stretch]) -> timedelta:
    return sum((until - since for since, until in stretches), _NOTHING)
