"""Whose turn it is: so many a day that every company is drilled within 30 days (B5)."""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from django.utils import timezone

from auditlog.actors import Actor
from backups.drills.models import Drill
from backups.drills.queries import Standing, begin_of_day, drilled_since, standings
from backups.drills.services import drill_company
from tenants.models import Tenant

# Five days fewer than are promised, for days on which a drill cannot be.
_ROUND_DAYS = 25


def companies_due(now: datetime | None = None) -> list[Tenant]:
    """The companies of today that were not drilled yet: overdue and failed ones first, all of them; then the oldest."""
    return [standing.tenant for standing in chosen(standings(), now or timezone.now())]


def chosen(everybody: Iterable[Standing], now: datetime) -> list[Standing]:
    """Those of the companies whose turn it is, in order."""
    today = begin_of_day(now)
    able = [standing for standing in everybody if standing.drillable]
    waiting = [standing for standing in able if standing.last is None or standing.last.started_at < today]
    urgent = [standing for standing in waiting if standing.failed or standing.is_overdue(now)]
    others = [standing for standing in waiting if not (standing.failed or standing.is_overdue(now))]
    left = max(0, ceil(len(able) / _ROUND_DAYS) - (len(able) - len(waiting)))
    return [*sorted(urgent, key=_since), *sorted(others, key=_since)[:left]]


def drill_today(*, actor: Actor) -> Drill | None:
    """Drill the company in scope once a day, however often this is called; None when that was done."""
    return None if drilled_since(begin_of_day()) else drill_company(actor=actor)


def _since(standing: Standing) -> datetime:
    return standing.last.started_at if standing.last else standing.tenant.created_at
