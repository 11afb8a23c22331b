"""Months that are over are written down (N8)."""

from datetime import date, datetime

from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.availability.actions import MONTH_FROZEN
from incidents.availability.arithmetic import bounds_of, next_month
from incidents.availability.figuring import figures_of_month
from incidents.availability.models import AvailabilityMonth
from incidents.availability.queries import first_month, frozen_months
from incidents.availability.rules import SETTLED
from tenants.isolation.transactions import platform_transaction, take_turns


def freeze_months(now: datetime, *, actor: Actor) -> list[date]:
    """Write down every month that has been over for a day and is not written yet; returns them.

    With the provider's tenant in scope. Each is a transaction of its own, and recorded in the provider's log.
    """
    month, done = first_month(), []
    while month is not None and bounds_of(month)[1] + SETTLED <= now:
        if freeze_month(month, now, actor=actor):
            done.append(month)
        month = next_month(month)
    return done


def freeze_month(month: date, now: datetime, *, actor: Actor) -> bool:
    """Write one month down, unless somebody has; whether this did."""
    with platform_transaction():
        take_turns("availability")
        if month in frozen_months():
            return False
        rows = figures_of_month(month, now)
        AvailabilityMonth.objects.bulk_create(rows)
        figures = {row.component: str(row.percent) for row in rows}
        record(
            MONTH_FROZEN,
            actor=actor,
            target=Target("availability.month", f"{month:%Y-%m}", f"{month:%Y-%m}"),
            after=figures,
        )
    return True
