"""Months as a company counts them: from midnight to midnight in its own time zone (T10).

The log and every stored time are in UTC; what is counted by the month (invoices, usage) belongs to the month in which
it happened where the company is. Months are ground for both, so this knows neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One month of a time zone, which is an IANA name. Months of one zone are in order of time.

    Raises ValueError for a month that no calendar has, ZoneInfoNotFoundError for an unknown zone.
    """

    zone: str
    year: int
    number: int

    def __post_init__(self) -> None:
        date(self.year, self.number, 1)
        ZoneInfo(self.zone)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_day(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        """The first moment, in UTC."""
        return start_of(self.first_day, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is not in it any more, in UTC: ask `starts_at <= moment < ends_at`."""
        return self.next.starts_at

    @property
    def last_moment(self) -> datetime:
        """The last microsecond, in UTC: to show it. Comparisons use `ends_at`."""
        return self.ends_at - _MICROSECOND

    @property
    def previous(self) -> "Month":
        """The month before."""
        return self._moved(-1)

    @property
    def next(self) -> "Month":
        """The month after."""
        return self._moved(1)

    def __contains__(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at

    def days(self) -> Iterator[date]:
        """Its days in order."""
        return (self.first_day + timedelta(days=number) for number in range(self.last_day.day))

    def _moved(self, by: int) -> "Month":
        year, number = divmod(self.year * 12 + self.number - 1 + by, 12)
        return Month(self.zone, year, number + 1)


def month_of(moment: datetime, zone: str) -> Month:
    """The month of the zone in which a moment lies. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment has a time zone.")
    local = moment.astimezone(ZoneInfo(zone))
    return Month(zone, local.year, local.month)


def start_of(day: date, zone: str) -> datetime:
    """The first moment of a day in a zone, in UTC.

    Where clocks go forward at midnight, the day begins when midnight would have been: an hour that does not exist is
    read with the offset that was in force before it. Where midnight comes twice, the day begins with the first.
    """
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
