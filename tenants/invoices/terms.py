"""On which plan a company was on which days of a month (T6). Days are those of the company's time zone (T10)."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tenants.invoices.periods import last_day
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one month on one plan, both ends included."""

    plan_code: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


def stretches(tenant: Tenant, month: date) -> list[Stretch]:
    """The days of the month on which the company had a contract, plan by plan; none when it had none."""
    first = max(month, tenant.created_at.astimezone(ZoneInfo(tenant.time_zone)).date())
    last = last_day(month)
    return [Stretch(tenant.plan_code, first, last)] if first <= last else []
