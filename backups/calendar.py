"""The calendar of generations: what became of the backup of each day, also where it is gone (B2, B5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenants.isolation.transactions import current_connection, platform_transaction

DAYS = 30

# Archives that are listed, and the points that outlive them.
_MARKS = """
SELECT a.tenant_id, (a.created_at AT TIME ZONE %(zone)s)::date, a.state, a.copied_at IS NOT NULL
FROM backups_archive a
WHERE a.tenant_id = ANY(%(tenants)s) AND a.state <> 'running'
  AND (a.created_at AT TIME ZONE %(zone)s)::date >= %(first)s
UNION ALL
SELECT p.tenant_id, p.day, 'removed', false FROM backup_watch_recoverypoint p
WHERE p.tenant_id = ANY(%(tenants)s) AND p.day >= %(first)s AND p.damaged_at IS NULL
"""


class DayState(models.TextChoices):
    """What there is of a day; the values that archives have mean the same."""

    VERIFIED = "verified", pgettext_lazy("backup of a day", "verified")
    DAMAGED = "damaged", gettext_lazy("damaged")
    UNVERIFIED = "complete", gettext_lazy("made, not yet verified")
    REMOVED = "removed", gettext_lazy("verified, since removed by the plan")
    MISSING = "missing", gettext_lazy("no backup")
    DUE = "due", gettext_lazy("still to come")
    BEFORE = "before", gettext_lazy("before the contract")


# Of several of one day the best counts: one that failed and was made anew is no loss.
_RANK = {state: rank for rank, state in enumerate(DayState)}
ICONS = {
    DayState.VERIFIED: "check",
    DayState.DAMAGED: "x",
    DayState.UNVERIFIED: "clock",
    DayState.REMOVED: "history",
    DayState.MISSING: "alert-triangle",
    DayState.DUE: "hourglass",
    DayState.BEFORE: "",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the calendar."""

    day: date
    state: DayState
    copied: bool = False

    @property
    def icon(self) -> str:
        """The picture that says the same as the colour."""
        return ICONS[self.state]

    @property
    def label(self) -> str:
        """The same in words."""
        if self.copied:
            return _("%(state)s, copied to the second site") % {"state": self.state.label}
        return str(self.state.label)


def legend() -> list[Day]:
    """One of each kind."""
    shown = [state for state in DayState if state is not DayState.BEFORE]
    return [Day(date.min, state) for state in shown]


def japanese_today() -> date:
    """Today by the clock of the nightly run."""
    return timezone.localdate(timezone=ZoneInfo(settings.CELERY_TIMEZONE))


def last_days(count: int = DAYS) -> list[date]:
    """Today and the days before it, newest first."""
    today = japanese_today()
    return [today - timedelta(days=number) for number in range(count)]


def calendar_of(tenant_id: UUID, since: date, days: Sequence[date]) -> list[Day]:
    """The days of one tenant that began on a day; in its own transaction."""
    return _calendar(since, days, _best([tenant_id], days[-1]).get(tenant_id, {}))


def calendars(since: dict[UUID, date], days: Sequence[date]) -> dict[UUID, list[Day]]:
    """The days of some tenants, by the day on which each began; as the platform role, in one statement."""
    with platform_transaction():
        best = _best(list(since), days[-1])
    return {tenant_id: _calendar(begun, days, best.get(tenant_id, {})) for tenant_id, begun in since.items()}


def _calendar(since: date, days: Sequence[date], best: dict[date, Day]) -> list[Day]:
    return [best.get(day) or Day(day, _without(day, since)) for day in days]


def _without(day: date, since: date) -> DayState:
    """What the absence of a backup means: the day on which a company came may have none, and tonight's is to come."""
    if day == japanese_today():
        return DayState.DUE
    return DayState.MISSING if day > since else DayState.BEFORE


def _best(tenant_ids: Collection[UUID], first: date) -> dict[UUID, dict[date, Day]]:
    best: dict[UUID, dict[date, Day]] = {}
    with current_connection().cursor() as cursor:
        cursor.execute(_MARKS, {"tenants": list(tenant_ids), "first": first, "zone": settings.CELERY_TIMEZONE})
        for tenant_id, day, state, copied in cursor.fetchall():
            mark, days = Day(day, DayState(state), copied), best.setdefault(tenant_id, {})
            days[day] = min(mark, days.get(day, mark), key=lambda each: (_RANK[each.state], not each.copied))
    return best
