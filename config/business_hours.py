"""When the provider's staff is at work: 10:00 to 18:00 in Japan, on weekdays that are no Japanese holiday (G9)."""

from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

ZONE = ZoneInfo("Asia/Tokyo")
OPENS, CLOSES = time(10), time(18)
_SATURDAY = 5


def is_business_time(moment: datetime) -> bool:
    """Whether the moment, in any zone, is one at which the provider's staff works."""
    local = moment.astimezone(ZONE)
    return is_business_day(local.date()) and OPENS <= local.time() < CLOSES


def is_business_day(day: date) -> bool:
    """Whether the day is a weekday and no holiday of Japan; substitute holidays (振替休日) are holidays."""
    return day.weekday() < _SATURDAY and day not in _holidays_of(day.year)


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(country_holidays("JP", years=year))
