"""What probes saw, for pages, alerts, the status page and availability (N8, N9). All as the platform role."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from incidents.components import COMPONENTS
from incidents.monitoring.catalogue import BY_CODE, INSIDE, PROBES, Probe, ProbeState, probes_of
from incidents.monitoring.models import ProbeInterval
from incidents.monitoring.spans import AMONG_PARTS, AMONG_PLACES, Span, clipped, combined, seconds_of, timeline
from tenants.isolation.transactions import platform_transaction

_LONGEST_GAP = max(probe.gap for probe in PROBES)
Series = dict[tuple[str, str], list[Span]]  # by place and probe


@dataclass(frozen=True, slots=True)
class Look:
    """The newest look of one probe at one place; `state` is what holds now, `value` in the probe's unit."""

    probe: Probe
    place: str
    state: ProbeState
    seen_at: datetime
    since: datetime
    value: float | None
    detail: str


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One Japanese day of one component, in seconds of each state. A day that is not over yet is shorter."""

    day: date
    up: float
    degraded: float
    down: float
    unknown: float


def newest_looks(now: datetime) -> list[Look]:
    """Every probe at every place where it ever looked, in the order of the catalogue."""
    with platform_transaction():
        rows = list(ProbeInterval.objects.order_by("place", "probe", "-until").distinct("place", "probe"))
    looks = [_look(row, now) for row in rows if row.probe in BY_CODE]
    order = [probe.code for probe in PROBES]
    return sorted(looks, key=lambda one: (order.index(one.probe.code), one.place != INSIDE, one.place))


def heartbeat_age(now: datetime) -> timedelta | None:
    """How long ago the worker last did its work; None if it never did."""
    with platform_transaction():
        rows = ProbeInterval.objects.filter(probe="worker", place=INSIDE).order_by("-until")
        newest = rows.values_list("until", flat=True).first()
    return None if newest is None else now - newest


def component_states(now: datetime) -> dict[str, ProbeState]:
    """How each part of the service stands now, by its code."""
    by_probe = _by_probe(newest_looks(now))
    return {component.code: _worst(by_probe, probes_of(component.code)) for component in COMPONENTS}


def intervals(component: str, start: datetime, end: datetime) -> list[Span]:
    """How a part of the service stood from moment to moment of a period, without holes: unknown where nobody saw."""
    return intervals_of_all(start, end)[component]


def intervals_of_all(start: datetime, end: datetime) -> dict[str, list[Span]]:
    """The same for every component at once."""
    lines = timelines(start, end)
    by_probe: dict[str, list[list[Span]]] = defaultdict(list)
    for (_place, probe), line in lines.items():
        by_probe[probe].append(line)
    nobody = [Span(ProbeState.UNKNOWN, start, end)] if start < end else []
    whole = {probe.code: combined(by_probe[probe.code] or [nobody], AMONG_PLACES) for probe in PROBES}
    return {
        each.code: combined([whole[probe.code] for probe in probes_of(each.code)], AMONG_PARTS) for each in COMPONENTS
    }


def first_look() -> datetime | None:
    """When the oldest look that is still kept was; None before the first one."""
    with platform_transaction():
        return ProbeInterval.objects.order_by("since").values_list("since", flat=True).first()


def trouble(since: datetime, most: int = 50) -> list[ProbeInterval]:
    """What was found out of order or impaired since then, the newest first."""
    broken = Q(state__in=[ProbeState.DOWN, ProbeState.DEGRADED])
    with platform_transaction():
        return list(ProbeInterval.objects.filter(broken, until__gte=since, probe__in=BY_CODE).order_by("-since")[:most])


def timelines(start: datetime, end: datetime) -> Series:
    """What each probe saw at each place in a period, without holes."""
    around = Q(until__gte=start - _LONGEST_GAP, since__lte=end + _LONGEST_GAP)
    with platform_transaction():
        rows = list(ProbeInterval.objects.filter(around))
        before = ProbeInterval.objects.filter(until__lt=start).order_by("place", "probe", "-until")
        rows += list(before.distinct("place", "probe"))  # whose silence may last into the period
    seen: dict[tuple[str, str], set[Span]] = defaultdict(set)
    for row in rows:
        seen[row.place, row.probe].add(Span(ProbeState(row.state), row.since, row.until))
    return {
        (place, code): timeline(spans, start, end, gap=BY_CODE[code].gap, silence=_silence(BY_CODE[code], place))
        for (place, code), spans in seen.items()
        if code in BY_CODE
    }


def daily(first: date, now: datetime) -> dict[str, list[DayFigures]]:
    """Every component day by day from that day on until now, by the Japanese calendar."""
    zone = ZoneInfo(settings.CELERY_TIMEZONE)
    days = [first + timedelta(days=number) for number in range((now.astimezone(zone).date() - first).days + 1)]
    bounds = [datetime.combine(day, time(), zone) for day in days] + [now]
    of_all = intervals_of_all(bounds[0], now)
    return {
        code: [_figures(day, spans, *bounds[at : at + 2]) for at, day in enumerate(days)]
        for code, spans in of_all.items()
    }


def _figures(day: date, spans: list[Span], start: datetime, end: datetime) -> DayFigures:
    inside = clipped(spans, start, end)
    up, degraded, down, unknown = (
        seconds_of(inside, state) for state in (ProbeState.UP, ProbeState.DEGRADED, ProbeState.DOWN, ProbeState.UNKNOWN)
    )
    return DayFigures(day, up, degraded, down, unknown)


def _look(row: ProbeInterval, now: datetime) -> Look:
    probe = BY_CODE[row.probe]
    fresh = now - row.until <= probe.gap
    state = ProbeState(row.state) if fresh else _silence(probe, row.place)
    return Look(probe, row.place, state, row.until, row.since if fresh else row.until, row.value, row.detail)


def _silence(probe: Probe, place: str) -> ProbeState:
    """From elsewhere, silence says only that nobody looked."""
    return probe.silence if place == INSIDE else ProbeState.UNKNOWN


def _by_probe(looks: Iterable[Look]) -> dict[str, list[ProbeState]]:
    by_probe: dict[str, list[ProbeState]] = defaultdict(list)
    for one in looks:
        by_probe[one.probe.code].append(one.state)
    return by_probe


def _worst(by_probe: dict[str, list[ProbeState]], probes: Iterable[Probe]) -> ProbeState:
    parts = [min(by_probe[one.code] or [ProbeState.UNKNOWN], key=AMONG_PLACES.index) for one in probes]
    return min(parts, key=AMONG_PARTS.index)
