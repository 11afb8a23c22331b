"""From a last day of use to the dates of leaving, by the calendar of the company's time zone (R1, T10)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from retention.promise.arithmetic import Promise


@dataclass(frozen=True, slots=True)
class ExitDates:
    """When a company leaves. The moments are in UTC; the days below are those of the company's calendar.

    Use ends with `last_day`: at `suspended_at`, the start of the following day. Erasure begins at `erase_at`. At
    `gone_by`, the last second of its day, nothing can be brought back from anywhere any more.
    """

    last_day: date
    suspended_at: datetime
    erase_at: datetime
    gone_by: datetime
    zone: str = "Asia/Tokyo"

    @property
    def suspended_on(self) -> date:
        """The first day without use."""
        return self._day(self.suspended_at)

    @property
    def erase_on(self) -> date:
        """The day on which erasure begins."""
        return self._day(self.erase_at)

    @property
    def gone_on(self) -> date:
        """The last day on which something of the company can be left in a backup."""
        return self._day(self.gone_by)

    @property
    def return_until(self) -> date:
        """The last whole day on which the data can be taken along."""
        return self.erase_on - timedelta(days=1)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def exit_dates(last_day: date, zone: str, promise: Promise) -> ExitDates:
    """The dates for a last day of use, in the named time zone. Days are counted by the calendar, not in hours."""
    return ExitDates(
        last_day=last_day,
        suspended_at=start_of(last_day + timedelta(days=1), zone),
        erase_at=start_of(last_day + timedelta(days=promise.grace), zone),
        gone_by=start_of(last_day + timedelta(days=promise.limit + 1), zone) - timedelta(seconds=1),
        zone=zone,
    )


def start_of(day: date, zone: str) -> datetime:
    """The first moment of a day in a time zone, in UTC.

    Where the clocks skip midnight, 00:00 by the old offset is the very moment of the change; where they go through it
    twice, the first time counts.
    """
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def today_in(zone: str, now: datetime) -> date:
    """The day that it is in a time zone."""
    return now.astimezone(ZoneInfo(zone)).date()
