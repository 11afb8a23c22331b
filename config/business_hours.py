"""The one calendar (N1, N2, N4, N6, G9): which days and hours count in a promise, and how they are counted.

Counting is said here once. The day on which something happens does not count, only the days after it (Civil Code, art.
140); "one business day" ends at the close of the next one; "five business days before" are five whole ones between the
announcement and the beginning; hours of business stand still outside of opening hours.

Which calendar is in force is known to a higher floor (`incidents.clock` keeps editions of it), which registers itself
as the source. Without one it is `default_calendar()`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

ZONE = ZoneInfo("Asia/Tokyo")
OPENS, CLOSES = time(10), time(18)
FIRST_YEAR, LAST_YEAR = 2000, 2050
# Companies and authorities in Japan close from 29 December to 3 January.
YEAR_END = ((12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3))
_DAY = timedelta(days=1)
_SATURDAY = 5


class CalendarEnds(LookupError):  # noqa: N818 - reads as the statement it is
    """The day is before or after the years that the calendar has written out."""


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Business days and hours. `closed_days` are written out for all years, so that an edition counts alike for ever.

    Saturdays and Sundays are closed as well. Moments come in any zone and leave in the calendar's.
    """

    version: int
    closed_days: frozenset[date]
    opens: time = OPENS
    closes: time = CLOSES
    zone: ZoneInfo = ZONE
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR

    def is_business_day(self, day: date) -> bool:
        """Whether it is none of the closed days. Raises CalendarEnds."""
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarEnds(f"{day} is beyond edition {self.version} of the calendar.")
        return day.weekday() < _SATURDAY and day not in self.closed_days

    def is_business_time(self, moment: datetime) -> bool:
        """Whether the doors are open: from the opening on, and no more at the close."""
        local = moment.astimezone(self.zone)
        return self.is_business_day(local.date()) and self.opens <= local.time() < self.closes

    def end_of_business_day(self, start: datetime, days: int) -> datetime:
        """The close of the n-th business day after the day of the start, which itself never counts."""
        day = self._day_of(start)
        for _number in range(days):
            day = self._next(day, _DAY)
        return self._at(day, self.closes)

    def end_of_day(self, start: datetime, days: int) -> datetime:
        """Midnight at the end of the n-th day of any kind, the day of the start being the first."""
        return self._at(self._day_of(start) + days * _DAY, time(0))

    def after_business_hours(self, start: datetime, hours: timedelta) -> datetime:
        """The moment until which so much business time has passed; what ends at the close ends on that day."""
        left = hours
        for opens, closes in self._openings(start):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise AssertionError("Openings have no end.")  # pragma: no cover

    def business_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much business time lies between two moments; none if the end comes first."""
        passed = timedelta(0)
        for opens, closes in self._openings(start):
            if opens >= end:
                return passed
            passed += min(closes, end) - opens
        raise AssertionError("Openings have no end.")  # pragma: no cover

    def whole_business_days_between(self, announced: datetime, begins: datetime) -> int:
        """How many business days lie between, from midnight to midnight: neither of the two days is one of them.

        A day that begins at the very moment of the announcement is whole (Civil Code, art. 140, proviso).
        """
        first, end = self._day_of(announced), self._day_of(begins)
        if announced > self._at(first, time(0)):
            first += _DAY
        return sum(self.is_business_day(first + number * _DAY) for number in range((end - first).days))

    def latest_announcement(self, begins: datetime, days: int) -> datetime:
        """The last moment that leaves so many whole business days before: midnight, as the first of them begins."""
        day = self._day_of(begins)
        for _number in range(days):
            day = self._next(day, -_DAY)
        return self._at(day, time(0))

    def _openings(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of business time from a moment on."""
        local = start.astimezone(self.zone)
        day = local.date()
        while True:
            closes = self._at(day, self.closes)
            if self.is_business_day(day) and local < closes:
                yield max(local, self._at(day, self.opens)), closes
            day += _DAY

    def _next(self, day: date, step: timedelta) -> date:
        day += step
        while not self.is_business_day(day):
            day += step
        return day

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone)


@cache
def default_calendar() -> BusinessCalendar:
    """Japan's holidays, substitute ones (振替休日, 国民の休日) too, and the days of the year's end."""
    return BusinessCalendar(0, japanese_holidays() | year_ends())


@cache
def japanese_holidays() -> frozenset[date]:
    """Every holiday of the years that calendars cover. Days of equinoxes beyond next year are predictions."""
    return frozenset(country_holidays("JP", years=range(FIRST_YEAR, LAST_YEAR + 1)))


def year_ends() -> frozenset[date]:
    """The days on which offices close at the turn of each year."""
    return frozenset(date(year, *day) for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in YEAR_END)


_source: list[Callable[[], BusinessCalendar]] = [default_calendar]


def register_calendar(source: Callable[[], BusinessCalendar]) -> None:
    """Ask this one for the calendar in force, from now on."""
    _source[:] = [source]


def current_calendar() -> BusinessCalendar:
    """The calendar in force. Ask once for many questions: it may be read from the database."""
    return _source[0]()


def is_business_time(moment: datetime) -> bool:
    """Whether the moment, in any zone, is one at which the provider's staff works."""
    return current_calendar().is_business_time(moment)


def is_business_day(day: date) -> bool:
    """Whether the provider's staff works on that day."""
    return current_calendar().is_business_day(day)


def is_working_day(day: date) -> bool:
    """Whether it is a weekday and no holiday of Japan, whatever days off the provider takes."""
    return day.weekday() < _SATURDAY and day not in japanese_holidays()
