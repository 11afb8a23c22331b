"""When the provider's staff is at work (G9): in Japan's time, whatever zone the moment is given in."""

from datetime import datetime

import pytest

from config.business_hours import ZONE, default_calendar


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20 10:00", True),  # a Friday
        ("2026-11-20 09:59", False),
        ("2026-11-20 17:59", True),
        ("2026-11-20 18:00", False),
        ("2026-11-21 12:00", False),  # a Saturday
        ("2026-11-22 12:00", False),  # a Sunday
        ("2026-11-23 12:00", False),  # Labour Thanksgiving Day, a Monday
        ("2026-11-24 12:00", True),
        ("2027-03-22 12:00", False),  # a Monday in place of the Sunday on which the equinox falls
        ("2026-09-22 12:00", False),  # a Tuesday between two holidays
    ],
)
def test_weekdays_between_ten_and_six_that_are_no_holiday(moment: str, expected: bool) -> None:
    """G9: with substitute holidays and those between two others."""
    assert default_calendar().is_business_time(datetime.fromisoformat(moment).replace(tzinfo=ZONE)) is expected


def test_the_zone_of_the_moment_does_not_matter() -> None:
    """G8: events have UTC; 01:00 is ten o'clock in Japan, and midnight there is another day."""
    assert default_calendar().is_business_time(datetime.fromisoformat("2026-11-20T01:00:00Z"))
    assert not default_calendar().is_business_time(datetime.fromisoformat("2026-11-20T00:59:59Z"))
    assert not default_calendar().is_business_time(datetime.fromisoformat("2026-11-20T10:00:00Z"))
