"""Reads of deadlines, as the platform role unless they say otherwise (N1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from holidays import country_holidays

from config.business_hours import YEAR_END
from incidents.clock.models import CalendarEdition, Deadline, DeadlineState
from tenants.isolation.transactions import platform_transaction

YEAR = timedelta(days=365)
_OPEN = Q(met_at=None, withdrawn_at=None)
# As pages ask: what still has to be done, with what is overdue in it; and what came of the rest.
SHOWN = {
    "open": _OPEN,
    "met": Q(met_at__isnull=False, missed_at=None),
    "missed": Q(missed_at__isnull=False),
    "withdrawn": Q(withdrawn_at__isnull=False, missed_at=None),
    "all": Q(),
}


def deadline_page(
    *, show: str = "open", kind: str = "", tenant_id: UUID | None = None, number: Any = 1, size: int = 25
) -> Page[Deadline]:
    """One page of deadlines, read in full: open ones as they are due, the others with the newest first."""
    found = Deadline.objects.filter(SHOWN[show]).order_by(*(("due_at", "id") if show == "open" else ("-due_at", "-id")))
    if kind:
        found = found.filter(kind=kind)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    with platform_transaction():
        page = Paginator(found, size).get_page(number)
        page.object_list = list(page.object_list)
    return page


@dataclass(frozen=True, slots=True)
class Figures:
    """How many run, of them overdue, and what came of those that were due within a year."""

    open: int
    overdue: int
    met: int
    missed: int

    @property
    def kept_percent(self) -> float | None:
        """Of 100 deadlines that ended, so many were met in time; None when none ended."""
        ended = self.met + self.missed
        return 100 * self.met / ended if ended else None


def figures(now: datetime) -> Figures:
    """Of all kinds together, as of that time."""
    ended = Q(due_at__gt=now - YEAR)
    with platform_transaction():
        counted = Deadline.objects.aggregate(
            open=Count("id", filter=_OPEN),
            overdue=Count("id", filter=_OPEN & Q(due_at__lt=now)),
            met=Count("id", filter=SHOWN["met"] & ended),
            missed=Count("id", filter=SHOWN["missed"] & ended),
        )
    return Figures(**counted)


def pressing(menu_kinds: Iterable[str], most: int) -> list[Deadline]:
    """The open deadlines of these kinds that are due first."""
    with platform_transaction():
        return list(Deadline.objects.filter(_OPEN, kind__in=list(menu_kinds)).order_by("due_at", "id")[:most])


def deadlines_about(about: str, about_id: object) -> list[Deadline]:
    """Every deadline of one thing as it was promised, the earliest first, for its page and its documents.

    In the transaction that is open: the platform sees all, a company its own.
    """
    return list(_about(about, about_id))


def open_deadline(kind: str, *, about: str, about_id: object) -> Deadline | None:
    """The one that runs, if one does; in the transaction that is open."""
    return _about(about, about_id).filter(_OPEN, kind=kind).first()


def _about(about: str, about_id: object) -> QuerySet[Deadline]:
    return Deadline.objects.filter(about=about, about_id=str(about_id)).order_by("due_at", "id")


def state_of(deadline: Deadline, now: datetime) -> DeadlineState:
    """How it stands at that moment: an open one whose time is over counts as missed before the job has noted it."""
    overdue = deadline.is_open and deadline.due_at < now
    return DeadlineState.MISSED if overdue else deadline.state


def used_percent(deadline: Deadline, now: datetime) -> int:
    """How much of the time has passed, by the time that counts for the kind; 100 from the end on."""
    before, passed = deadline.started_at, 0
    for percent, at in deadline.stages.items():
        if now < at:
            share = max(timedelta(0), now - before) / (at - before)
            return round(passed + share * (percent - passed))
        before, passed = at, percent
    return 100


def editions() -> QuerySet[CalendarEdition]:
    """Every edition, the newest first."""
    return CalendarEdition.objects.order_by("-version")


def find_edition(version: int) -> CalendarEdition | None:
    """The edition of that number."""
    return editions().filter(version=version).first()


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A weekday on which nobody works, and why: the name of the holiday, or what the provider calls it."""

    day: date
    name: str
    year_end: bool


def closed_days(edition: CalendarEdition, first: date, *, language: str, days: int = 366) -> list[ClosedDay]:
    """The weekdays from a day on that are closed by an edition. Names of holidays are those of today's library."""
    last = first + timedelta(days=days)
    names = country_holidays("JP", years=range(first.year, last.year + 1), language=language)
    notes = {each["day"]: each["note"] for each in edition.days_off}
    return [
        ClosedDay(day, names.get(day) or notes.get(day.isoformat(), ""), (day.month, day.day) in YEAR_END)
        for day in edition.closed_days
        if first <= day < last and day.weekday() < 5
    ]
