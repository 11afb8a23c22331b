"""The figures of months, from what probes saw and what was announced (N8)."""

from collections.abc import Sequence
from datetime import date, datetime

from incidents.availability.arithmetic import Figures, Rules, Stretch, bounds_of, measure
from incidents.availability.models import AvailabilityMonth
from incidents.availability.rules import current_rules
from incidents.components import COMPONENTS
from incidents.maintenance.queries import planned_stops
from incidents.monitoring.queries import intervals_of_all


def figures_of_month(month: date, now: datetime) -> list[AvailabilityMonth]:
    """Each component's figures of a month, up to now where it is not over; unsaved."""
    start, end = bounds_of(month)
    period = start, min(end, now)
    rules, spans = current_rules(), intervals_of_all(*period)
    rows = []
    for component in COMPONENTS:
        stops = [(stop.since, stop.until) for stop in planned_stops(component.code, *period)]
        found = measure(spans[component.code], stops, period, rules)
        rows.append(_row(month, component.code, found, stops, rules, now))
    return rows


def _row(
    month: date, component: str, found: Figures, stops: Sequence[Stretch], rules: Rules, now: datetime
) -> AvailabilityMonth:
    return AvailabilityMonth(
        month=month,
        component=component,
        period=found.period.total_seconds(),
        excluded=found.excluded.total_seconds(),
        unknown=found.unknown.total_seconds(),
        degraded=found.degraded.total_seconds(),
        down=found.down.total_seconds(),
        outages=len(found.outages),
        shortest=rules.shortest.total_seconds(),
        decimals=rules.decimals,
        frozen_at=now,
        evidence={
            "outages": _written(found.outages),
            "ignored": _written(found.ignored),
            "planned_stops": _written(stops),
        },
    )


def _written(stretches: Sequence[Stretch]) -> list[list[str]]:
    return [[since.isoformat(), until.isoformat()] for since, until in stretches]
