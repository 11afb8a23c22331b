"""The dates of leaving by the company's own calendar: changes of clocks, leap days, the end of the year (R1, T10)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from retention.promise.arithmetic import Promise
from retention.promise.dates import exit_dates, start_of, today_in

UTC_TIMES = "%Y-%m-%d %H:%M:%S"

# Zone, last day of use, then in UTC: suspended, erasure begins, gone by; worked out by hand.
TABLE = [
    ("Asia/Tokyo", "2026-11-22", "2026-11-22 15:00:00", "2026-12-13 15:00:00", "2026-12-22 14:59:59"),
    ("Asia/Tokyo", "2026-12-31", "2026-12-31 15:00:00", "2027-01-21 15:00:00", "2027-01-30 14:59:59"),
    ("Asia/Tokyo", "2028-02-06", "2028-02-06 15:00:00", "2028-02-27 15:00:00", "2028-03-07 14:59:59"),  # leap day
    ("UTC", "2026-11-30", "2026-12-01 00:00:00", "2026-12-22 00:00:00", "2026-12-30 23:59:59"),
    # Summer time ends in Berlin on 2026-10-25, within the grace: days have 24 hours by the calendar, not by the clock.
    ("Europe/Berlin", "2026-10-10", "2026-10-10 22:00:00", "2026-10-31 23:00:00", "2026-11-09 22:59:59"),
    ("Europe/Berlin", "2026-03-10", "2026-03-10 23:00:00", "2026-03-31 22:00:00", "2026-04-09 21:59:59"),
    # Santiago skips midnight on 2026-09-06: that day begins at 01:00 by the new offset, 04:00 in UTC.
    ("America/Santiago", "2026-09-05", "2026-09-06 04:00:00", "2026-09-27 03:00:00", "2026-10-06 02:59:59"),
    # Beirut goes through midnight of 2026-10-25 twice: its day begins the first time.
    ("Asia/Beirut", "2026-10-24", "2026-10-24 22:00:00", "2026-11-14 22:00:00", "2026-11-23 21:59:59"),
    ("Pacific/Kiritimati", "2026-11-22", "2026-11-22 10:00:00", "2026-12-13 10:00:00", "2026-12-22 09:59:59"),
]


@pytest.mark.parametrize(("zone", "last_day", "suspended_at", "erase_at", "gone_by"), TABLE)
def test_dates_by_the_calendar_of_the_zone(
    zone: str, last_day: str, suspended_at: str, erase_at: str, gone_by: str
) -> None:
    """R1, T10: each moment is the start, or the last second, of a day where the company is."""
    day = date.fromisoformat(last_day)
    dates = exit_dates(day, zone, Promise())
    moments = [moment.strftime(UTC_TIMES) for moment in (dates.suspended_at, dates.erase_at, dates.gone_by)]
    assert moments == [suspended_at, erase_at, gone_by]
    days = (dates.last_day, dates.suspended_on, dates.return_until, dates.erase_on, dates.gone_on)
    assert days == tuple(day + timedelta(days=number) for number in (0, 1, 21, 22, 30))


def test_other_days_of_grace_move_the_erasure_only() -> None:
    """R1: what was promised for the end stays, however soon erasure begins."""
    usual, soon = (exit_dates(date(2026, 11, 22), "Asia/Tokyo", Promise(grace=grace)) for grace in (22, 7))
    assert (usual.suspended_at, usual.gone_by) == (soon.suspended_at, soon.gone_by)
    assert usual.erase_at - soon.erase_at == timedelta(days=15)
    # Whatever the arithmetic lets through is over when the promise is due.
    for promise in (Promise(), Promise(grace=7, lock_remainder=22)):
        dates = exit_dates(date(2026, 11, 22), "Asia/Tokyo", promise)
        assert dates.erase_at + timedelta(days=promise.work + promise.windows) <= dates.gone_by + timedelta(seconds=1)


def test_today_is_the_companys() -> None:
    """T10: at the same moment it is another day elsewhere."""
    now = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert [today_in(zone, now).isoformat() for zone in ("Asia/Tokyo", "America/New_York")] == [
        "2027-01-01",
        "2026-12-31",
    ]
    assert start_of(date(2027, 1, 1), "Asia/Tokyo") < now
