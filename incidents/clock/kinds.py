"""What can be promised, and by which rule it is counted: each kind once (N1, N2, N3, N4, N6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.business_hours import BusinessCalendar

# Hours of business until the first answer to an inquiry, by its priority (N4).
FIRST_ANSWER_HOURS = {"urgent": 2, "high": 4, "normal": 8, "low": 16}
MALICIOUS = "malicious"
MAINTENANCE_DAYS = 5

# The end of what began at that time. The last argument is the grade: a priority, or that somebody acted with malice.
Rule = Callable[[datetime, BusinessCalendar, str], datetime]


class Time(StrEnum):
    """Which time passes: all of it, or that of business. It decides when half of it is over."""

    WALL = "wall"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Kind:
    """One promise. `due` is None where each promise brings its own time. `menu` says who is told as it runs out."""

    code: str
    label: Promise
    rule: Promise
    time: Time
    due: Rule | None = None
    menu: str = "operator.incidents"

    def due_of(self, start: datetime, calendar: BusinessCalendar, grade: str = "") -> datetime:
        """When it is due. Raises ValueError for a kind that brings its own time."""
        if self.due is None:
            raise ValueError(f"A deadline of the kind {self.code} needs due_at.")
        return self.due(start, calendar, grade)


def _wall(time: timedelta) -> Rule:
    return lambda start, _calendar, _grade: start + time


def _business_days(days: int) -> Rule:
    return lambda start, calendar, _grade: calendar.end_of_business_day(start, days)


def _days(days: int, malicious: int | None = None) -> Rule:
    """The end of the n-th day, the day itself being the first: what an authority counts, at its strictest."""
    longer = malicious or days
    return lambda start, calendar, grade: calendar.end_of_day(start, longer if grade == MALICIOUS else days)


def _first_answer(start: datetime, calendar: BusinessCalendar, grade: str) -> datetime:
    return calendar.after_business_hours(start, timedelta(hours=FIRST_ANSWER_HOURS[grade or "normal"]))


_ALL = (
    Kind("first_notice", _("First notice"), _("2 hours after detection, day and night"), Time.WALL,
         _wall(timedelta(hours=2))),
    Kind("tenants_told", _("Companies concerned are told"),
         _("Close of the next business day after the day of detection"), Time.BUSINESS, _business_days(1)),
    Kind("next_update", _("Next update"), _("The time that was promised in the report before"), Time.WALL),
    Kind("final_report", _("Final report"), _("Close of the 5th business day after the day of the start"),
         Time.BUSINESS, _business_days(5)),
    Kind("review", _("Review afterwards"), _("Close of the 10th business day after the day of the start"),
         Time.BUSINESS, _business_days(10)),
    Kind("ppc_preliminary", _("Preliminary report to the Personal Information Protection Commission"),
         _("End of the 5th day, the day on which it became known being the first"), Time.WALL, _days(5)),
    Kind("ppc_final", _("Final report to the Personal Information Protection Commission"),
         _("End of the 30th day, the day on which it became known being the first; of the 60th after a malicious act"),
         Time.WALL, _days(30, malicious=60)),
    Kind("first_answer", _("First answer to an inquiry"),
         _("2, 4, 8 or 16 business hours by priority"), Time.BUSINESS, _first_answer, "operator.inquiries"),
    Kind("maintenance_announced", _("Announcement of maintenance"),
         _("5 whole business days before it begins"), Time.BUSINESS, None, "operator.notices"),
)  # fmt: skip

KINDS = {kind.code: kind for kind in _ALL}
CHOICES = [(kind.code, kind.label) for kind in _ALL]
