"""On which plan a company was on which days of a month (T6). Days are those of the company's time zone (T10)."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tenants.models import Tenant
from tenants.months import Month


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


def stretches(tenant: Tenant, month: Month) -> list[Stretch]:
    """The days of the month on which the company had a contract, plan by plan; none when it had none."""
    first = max(month.first_day, tenant.created_at.astimezone(ZoneInfo(month.zone)).date())
    last = month.last_day
    return [Stretch(tenant.plan_code, first, last)] if first <= last else []
