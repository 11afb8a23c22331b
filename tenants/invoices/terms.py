"""On which plan a company was on which days of a month (T6). Days are those of the company's time zone (T10).

Plans change at a moment, and a day is paid once: the day of a change belongs to the new plan. Use ends with a
cancellation, of which this floor knows nothing: whoever keeps the last days registers here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from tenants.invoices.models import PlanChange
from tenants.models import State, Tenant
from tenants.months import Month

LastDays = Callable[[], Mapping[UUID, date]]
_sources: list[LastDays] = []


def register_last_days(source: LastDays) -> LastDays:
    """Have the last days of use of companies that leave come from this function, which runs as the platform role."""
    _sources.append(source)
    return source


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


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of all contracts: changes of plans, oldest first, and last days of use."""

    changes: Mapping[UUID, Sequence[PlanChange]]
    last_days: Mapping[UUID, date]

    def last_day(self, tenant: Tenant) -> date | None:
        """The last day of use, when one is known or use has ended without (then nothing more is invoiced)."""
        if tenant.id in self.last_days:
            return self.last_days[tenant.id]
        return date.min if tenant.state in {State.SUSPENDED, State.ERASED} else None

    def stretches(self, tenant: Tenant, month: Month) -> list[Stretch]:
        """The days of the month on which the company had a contract, plan by plan; none when it had none."""
        begun = tenant.created_at.astimezone(ZoneInfo(month.zone)).date()
        first, last = max(month.first_day, begun), min(month.last_day, self.last_day(tenant) or date.max)
        changes = self.changes.get(tenant.id, [])
        plan = changes[0].plan_before if changes else tenant.plan_code
        found: list[Stretch] = []
        for change in changes:
            if change.day > first:
                found.append(Stretch(plan, first, min(last, change.day - timedelta(days=1))))
                first = change.day
            plan = change.plan_after
        found.append(Stretch(plan, first, last))
        return [stretch for stretch in found if stretch.first <= stretch.last]


def terms() -> Terms:
    """The terms of all contracts; in a platform transaction."""
    changes = PlanChange.objects.order_by("tenant_id", "changed_at", "id")
    by_tenant = {tenant_id: list(group) for tenant_id, group in groupby(changes, key=lambda one: one.tenant_id)}
    last_days = {tenant_id: day for source in _sources for tenant_id, day in source().items()}
    return Terms(by_tenant, last_days)


def note_plan_change(tenant: Tenant, *, before: str, after: str) -> None:
    """Remember that the company changed its plan just now; a part of that deed, in its transaction of the platform."""
    now = timezone.now()
    day = now.astimezone(ZoneInfo(tenant.time_zone)).date()
    PlanChange(tenant_id=tenant.id, plan_before=before, plan_after=after, day=day, changed_at=now).save(
        force_insert=True
    )
