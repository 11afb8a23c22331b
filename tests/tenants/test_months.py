"""Months end in the company's own time zone (T10)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError, available_timezones

import pytest

from tenants.months import Month, month_of, start_of


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Zone, month, first moment, first moment of the next month: both in UTC, worked out by hand.
MONTHS = [
    ("Asia/Tokyo", "2026-11", "2026-10-31 15:00", "2026-11-30 15:00"),
    ("Asia/Tokyo", "2026-12", "2026-11-30 15:00", "2026-12-31 15:00"),
    ("Asia/Tokyo", "2027-01", "2026-12-31 15:00", "2027-01-31 15:00"),
    ("Asia/Tokyo", "2028-02", "2028-01-31 15:00", "2028-02-29 15:00"),
    ("UTC", "2026-02", "2026-02-01 00:00", "2026-03-01 00:00"),
    # Summer time begins on 8 March 2026 and ends on 1 November, a first of a month, at two in the morning.
    ("America/New_York", "2026-03", "2026-03-01 05:00", "2026-04-01 04:00"),
    ("America/New_York", "2026-10", "2026-10-01 04:00", "2026-11-01 04:00"),
    ("America/New_York", "2026-11", "2026-11-01 04:00", "2026-12-01 05:00"),
    ("America/New_York", "2026-12", "2026-12-01 05:00", "2027-01-01 05:00"),
    # The first and the last to have a new year, 25 hours apart.
    ("Pacific/Kiritimati", "2027-01", "2026-12-31 10:00", "2027-01-31 10:00"),
    ("Pacific/Pago_Pago", "2027-01", "2027-01-01 11:00", "2027-02-01 11:00"),
    # Half hours, also of summer time.
    ("Asia/Kolkata", "2026-04", "2026-03-31 18:30", "2026-04-30 18:30"),
    ("Australia/Lord_Howe", "2026-04", "2026-03-31 13:00", "2026-04-30 13:30"),
    ("Europe/London", "2026-03", "2026-03-01 00:00", "2026-03-31 23:00"),
    ("Europe/London", "2026-10", "2026-09-30 23:00", "2026-11-01 00:00"),
    # Clocks went forward at the midnight that began 1 April 2011: the month began at one o'clock.
    ("Asia/Amman", "2011-04", "2011-03-31 22:00", "2011-04-30 21:00"),
    # They went back at one o'clock on 1 November 2026: midnight came twice, and the month began with the first.
    ("America/Havana", "2026-11", "2026-11-01 04:00", "2026-12-01 05:00"),
]


@pytest.mark.parametrize(("zone", "month", "begins", "ends"), MONTHS)
def test_a_month_begins_and_ends_at_local_midnight(zone: str, month: str, begins: str, ends: str) -> None:
    """T10: the last microsecond is in it, the next one is in the next month; in the log both are UTC."""
    year, number = map(int, month.split("-"))
    found = Month(zone, year, number)
    assert str(found) == month
    assert (found.starts_at, found.ends_at) == (_utc(begins), _utc(ends))
    assert (found.starts_at.tzinfo, found.ends_at.tzinfo) == (UTC, UTC)
    first, last = found.starts_at, found.last_moment
    assert first in found
    assert last in found
    assert found.ends_at not in found
    assert month_of(first, zone) == month_of(last, zone) == found
    assert month_of(first - timedelta(microseconds=1), zone) == found.previous
    assert month_of(found.ends_at, zone) == found.next


def test_months_of_every_zone_follow_one_another_without_a_gap() -> None:
    """T10: for eighteen months in every zone there is, each month is the next one's `previous`."""
    for zone in sorted(available_timezones() - {"localtime"}):
        month = Month(zone, 2025, 10)
        for _step in range(18):
            following = month.next
            assert following.previous == month < following
            assert following.starts_at == month.ends_at > month.starts_at, (zone, str(month))
            assert month_of(month.last_moment, zone) == month, (zone, str(month))
            month = following
        assert str(month) == "2027-04"


def test_the_same_moment_is_in_different_months() -> None:
    """T10: where the company is decides, not where the server is."""
    moment = _utc("2026-12-31 12:00")
    zones = ("Pacific/Kiritimati", "Asia/Tokyo", "UTC", "Pacific/Pago_Pago")
    assert [str(month_of(moment, zone)) for zone in zones] == ["2027-01", "2026-12", "2026-12", "2026-12"]


def test_days_of_a_month() -> None:
    """T10: leap years, and a year that is none."""
    assert [len(list(Month("UTC", year, 2).days())) for year in (2024, 2026, 2028, 2100)] == [29, 28, 29, 28]
    december = Month("Asia/Tokyo", 2026, 12)
    assert (december.first_day, december.last_day) == (date(2026, 12, 1), date(2026, 12, 31))
    assert start_of(date(2026, 12, 31), "Asia/Tokyo") == _utc("2026-12-30 15:00")


def test_nonsense_is_refused() -> None:
    """T10: no month without a calendar, no moment without a zone, no zone that nobody knows."""
    with pytest.raises(ValueError, match="month"):
        Month("UTC", 2026, 13)
    with pytest.raises(ZoneInfoNotFoundError):
        Month("Asia/Edo", 2026, 1)
    with pytest.raises(ValueError, match="zone"):
        month_of(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001 - the mistake itself
