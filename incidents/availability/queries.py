"""Availability by month and component, and incidents by year (N8). All as the platform role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from incidents.availability.arithmetic import JAPAN, month_of
from incidents.availability.figuring import figures_of_month
from incidents.availability.models import AvailabilityMonth
from incidents.availability.rules import LONG
from incidents.models import Incident, Status
from incidents.monitoring.queries import first_look
from incidents.severity import Severity
from tenants.isolation.transactions import platform_transaction

GRAVE = frozenset({Severity.CRITICAL, Severity.SERIOUS})


@dataclass(frozen=True, slots=True)
class YearFigures:
    """Incidents that were detected in a calendar year of Japan. `long` took a day or longer from beginning to recovery.

    `mttr` is the mean time from when one began (as far as it is known, else from its detection) to the recovery, of
    those that have recovered. One that became a part of another is counted there.
    """

    year: int
    incidents: int
    grave: int
    long: int
    unresolved: int
    mttr: timedelta | None


def first_month() -> date | None:
    """The month of the first look that is still kept; None before it."""
    first = first_look()
    return None if first is None else month_of(first)


def frozen_months() -> set[date]:
    """The months that are written down."""
    with platform_transaction():
        return set(AvailabilityMonth.objects.values_list("month", flat=True))


def months(now: datetime, most: int = 13) -> dict[date, list[AvailabilityMonth]]:
    """The newest months, the present one first, each with every component; those not written down are computed now."""
    first, month = first_month(), month_of(now)
    with platform_transaction():
        rows = list(AvailabilityMonth.objects.order_by("component"))
    written: dict[date, list[AvailabilityMonth]] = {}
    for row in rows:
        written.setdefault(row.month, []).append(row)
    begin = min([month, *written, *([first] if first else [])])
    found: dict[date, list[AvailabilityMonth]] = {}
    while month >= begin and len(found) < most:
        found[month] = written.get(month) or figures_of_month(month, now)
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def years(now: datetime, most: int = 3) -> list[YearFigures]:
    """The newest calendar years, the present one first."""
    this = now.astimezone(JAPAN).year
    first = datetime(this - most + 1, 1, 1, tzinfo=JAPAN)
    with platform_transaction():
        counted = Incident.objects.exclude(status=Status.MERGED).filter(detected_at__gte=first)
        incidents = list(counted.only("detected_at", "began_at", "resolved_at", "severity"))
    by_year: dict[int, list[Incident]] = {year: [] for year in range(this, this - most, -1)}
    for one in incidents:
        by_year.setdefault(one.detected_at.astimezone(JAPAN).year, []).append(one)
    return [_year(year, of_year, now) for year, of_year in by_year.items()]


def _year(year: int, incidents: Sequence[Incident], now: datetime) -> YearFigures:
    begun = {one: one.began_at or one.detected_at for one in incidents}
    repairs = [one.resolved_at - begun[one] for one in incidents if one.resolved_at is not None]
    return YearFigures(
        year,
        len(incidents),
        sum(one.severity in GRAVE for one in incidents),
        sum((one.resolved_at or now) - begun[one] >= LONG for one in incidents),
        len(incidents) - len(repairs),
        sum(repairs, timedelta()) / len(repairs) if repairs else None,
    )
