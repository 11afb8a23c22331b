"""Which months are to be invoiced, in which fiscal year, and until when they are paid (T6, T10)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from config.business_hours import is_working_day
from tenants.models import Tenant
from tenants.months import Month, month_of, start_of

# How far back a missed month is looked for: a year of failed jobs would have been noticed.
_MONTHS_BACK = 12
_DAY = timedelta(days=1)
# Banks are closed on these days as well (銀行法施行令5条), so nothing can be paid on them.
_BANK_HOLIDAYS = frozenset({(12, 31), (1, 2), (1, 3)})


def ended_months(tenant: Tenant, now: datetime, *, last_day: date | None = None) -> Iterator[Month]:
    """The months of the company that are over where it is, of the last year, the newest first (T10).

    The last one is over with the last day of use: the company gets its last invoice before it is erased.
    """
    month = month_of(now, tenant.time_zone)
    if last_day is not None and month.first_day <= last_day and start_of(last_day + _DAY, month.zone) <= now:
        yield month
    begun = month_of(tenant.created_at, tenant.time_zone)
    for _step in range(_MONTHS_BACK):
        month = month.previous
        if month < begun:
            return
        yield month


def oldest_ended_month(now: datetime) -> date:
    """No company is asked about months before this one."""
    day = now.date()
    return date(day.year - 1, day.month, 1) - timedelta(days=31)


def fiscal_year(day: date, first_month: int) -> int:
    """The fiscal year of a day, by the year in which it began."""
    return day.year if day.month >= first_month else day.year - 1


def due_date(month: Month, issued_on: date) -> date:
    """The end of the month after the invoiced one, or after that of the issue when it came late; the next day on which
    banks are open."""
    issued = Month(month.zone, issued_on.year, issued_on.month)
    payable = month.next if issued <= month.next else issued.next
    day = payable.last_day
    while not is_working_day(day) or (day.month, day.day) in _BANK_HOLIDAYS:
        day += timedelta(days=1)
    return day
