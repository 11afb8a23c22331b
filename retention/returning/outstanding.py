"""What comes due by itself: data returns whose worker died, mails not sent, files whose days are over (R3).

All of it may run twice, and none of it asks whether the company is suspended: a company takes its data along then.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import record
from retention.returning import objects
from retention.returning.actions import RETURN_REMOVED
from retention.returning.making import SILENCE
from retention.returning.models import OPEN_STATES, ROW_DAYS, DataReturn, ReturnState
from tenants.isolation.transactions import atomic, current_connection, platform_transaction

_LATE = "SELECT tenant_id, id FROM returning_datareturn WHERE state = ANY(%s) AND alive_at < %s"
_UNTOLD = """
SELECT tenant_id, id FROM returning_datareturn WHERE state = ANY(%s) AND told_at IS NULL AND finished_at < %s
"""
_OVER = """
SELECT DISTINCT tenant_id FROM returning_datareturn
WHERE (state = %s AND expires_at <= %s) OR (asked_at < %s AND state <> ALL(%s))
"""
_WITH_NEWS = [ReturnState.READY, ReturnState.FAILED]
_ORPHAN_AGE = timedelta(hours=24)


def late_returns() -> list[tuple[UUID, UUID]]:
    """Of all tenants: (tenant, data return) that nobody works on although somebody should."""
    return _found(_LATE, [list(OPEN_STATES), timezone.now() - SILENCE])


def untold_returns() -> list[tuple[UUID, UUID]]:
    """The same for those that ended without a mail about it."""
    return _found(_UNTOLD, [_WITH_NEWS, timezone.now() - SILENCE])


def tenants_with_old_returns() -> list[UUID]:
    """The tenants that have files or rows whose time is over."""
    now = timezone.now()
    values = [ReturnState.READY, now, now - timedelta(days=ROW_DAYS), list(OPEN_STATES)]
    return [tenant for (tenant,) in _found(_OVER, values)]


def clear_away(*, actor: Actor) -> int:
    """Remove the tenant's files whose days are over, then old rows; of how many returns. No transaction is open.

    The files go first: whoever dies in between finds them gone the next time, and goes on.
    """
    with atomic():
        over = list(DataReturn.objects.filter(state=ReturnState.READY, expires_at__lte=timezone.now()))
    for row in over:
        objects.remove_run(row.run)
        _note_removed(row, actor=actor)
    forget_old()
    return len(over)


@atomic()
def forget_old() -> int:
    """Delete the rows of a month ago; the audit log still knows them."""
    old = DataReturn.objects.filter(asked_at__lt=timezone.now() - timedelta(days=ROW_DAYS))
    return old.exclude(state__in=(*OPEN_STATES, ReturnState.READY)).delete()[0]


def remove_orphans() -> int:
    """Remove what runs have stored that no data return knows; returns how many runs: a worker died in the middle."""
    limit = timezone.now() - _ORPHAN_AGE
    old = {run for run, modified in objects.stored_runs().items() if modified < limit}
    if not old:
        return 0
    with atomic():
        kept = DataReturn.objects.filter(run__in=old, state__in=(*OPEN_STATES, ReturnState.READY))
        known = set(map(str, kept.values_list("run", flat=True)))
    for run in old - known:
        objects.remove_run(run)
    return len(old - known)


@atomic()
def _note_removed(row: DataReturn, *, actor: Actor) -> None:
    current = DataReturn.objects.select_for_update().filter(id=row.id, state=ReturnState.READY).first()
    if current is not None:
        current.state = ReturnState.EXPIRED
        current.save(update_fields=["state"])
        record(RETURN_REMOVED, actor=actor, target=row, before=row.facts)


def _found(statement: str, values: list[Any]) -> list[Any]:
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
