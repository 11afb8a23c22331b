"""Months and due dates of invoices (T6, T10). A month is its first day; it ends where the company's clock says so."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.business_hours import is_business_day

# Banks are closed on these days as well (銀行法施行令5条), so nothing can be paid on them.
_BANK_HOLIDAYS = frozenset({(12, 31), (1, 2), (1, 3)})


def first_day(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def next_month(month: date) -> date:
    """The month after."""
    return last_day(month) + timedelta(days=1)


def months_back(month: date, count: int) -> date:
    """The month so many months before."""
    years, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, index + 1, 1)


def months_between(first: date, last: date) -> Iterator[date]:
    """The months from the first to the last one, both included."""
    while first <= last:
        yield first
        first = next_month(first)


def last_ended_month(now: datetime, zone: str) -> date:
    """The newest month that is over where the company is (T10)."""
    return months_back(first_day(now.astimezone(ZoneInfo(zone)).date()), 1)


def fiscal_year(day: date, first_month: int) -> int:
    """The fiscal year of a day, by the year in which it began."""
    return day.year if day.month >= first_month else day.year - 1


def due_date(month: date, issued_on: date) -> date:
    """The end of the month after the invoiced one, or after the issue when that came late; the next day on which banks
    are open."""
    payable = next_month(month)
    if first_day(issued_on) > payable:
        payable = next_month(first_day(issued_on))
    day = last_day(payable)
    while not is_business_day(day) or (day.month, day.day) in _BANK_HOLIDAYS:
        day += timedelta(days=1)
    return day
