"""Partitions of the audit log: which there are, which are missing, and making them ahead of time (G5).

Only the owner may make tables. The platform role may call functions of the database that make, drop and fill exactly
these. Days and months are those of UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from auditlog.models import RetentionClass
from tenants.isolation.definers import declare_definer
from tenants.isolation.roles import PLATFORM
from tenants.isolation.transactions import current_connection, platform_transaction

DAYS_AHEAD, MONTHS_AHEAD = 30, 3
# With fewer than these it is time to worry: the job makes more, every day.
FEWEST_DAYS, FEWEST_MONTHS = 14, 2

declare_definer(
    "auditlog_make_partitions(text, date, date)",
    executors={PLATFORM},
    purpose="makes the log's partitions, and no others",
)
declare_definer(
    "auditlog_drop_partition(text, date, integer)",
    executors={PLATFORM},
    purpose="drops one partition of the log, if all in it is past its time",
)
declare_definer(
    "auditlog_move_events(uuid, text, date, integer)",
    executors={PLATFORM},
    purpose="moves a company's events to another retention class and removes what that one would not keep",
)


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition: what it holds, from `begins` to before `ends`, and when it may go. `rows` is an estimate."""

    name: str
    retention_class: RetentionClass
    begins: datetime
    ends: datetime
    due: datetime
    bytes: int
    rows: int


def partitions() -> list[Partition]:
    """Every partition, by class and time. Any role may ask."""
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT * FROM auditlog_partitions()")
        found = [Partition(name, RetentionClass(kept), *rest) for name, kept, *rest in cursor.fetchall()]
    order = list(RetentionClass)
    return sorted(found, key=lambda one: (order.index(one.retention_class), one.begins))


def make_partitions(today: date | None = None) -> int:
    """Make the missing partitions from today on; returns how many were made."""
    today = today or timezone.now().date()
    months = today.replace(day=1) + timedelta(days=MONTHS_AHEAD * 31)
    return sum(
        make_partitions_of(kept, today, months if kept is RetentionClass.Y7 else today + timedelta(days=DAYS_AHEAD))
        for kept in RetentionClass
    )


def make_partitions_of(kept: str, first_day: date, last_day: date) -> int:
    """Make the missing partitions of one class for these days, past ones included; returns how many were made.

    Raises DataError for more than 400 days.
    """
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SELECT auditlog_make_partitions(%s, %s, %s)", [kept, first_day, last_day])
        (made,) = cursor.fetchone()
    return int(made)


def missing_days(
    present: Iterable[Partition], today: date, *, days: int = FEWEST_DAYS, months: int = FEWEST_MONTHS
) -> dict[RetentionClass, list[date]]:
    """The days of the coming ones, or the first days of the coming months, whose events would have no place."""
    begun = {(one.retention_class, one.begins.astimezone(UTC).date()) for one in present}
    coming = [today + timedelta(days=number) for number in range(days)]
    first = [today.replace(day=1)]
    for _number in range(months):
        first.append((first[-1] + timedelta(days=31)).replace(day=1))
    needed = {kept: first if kept is RetentionClass.Y7 else coming for kept in RetentionClass}
    missing = {kept: [day for day in wanted if (kept, day) not in begun] for kept, wanted in needed.items()}
    return {kept: found for kept, found in missing.items() if found}
