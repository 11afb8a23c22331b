"""Earlier events follow a change of class, in batches in the order of their keys (G5).

Each batch is a transaction with its count, and what is left is asked of the log itself: a job that is killed anywhere
has moved whole batches, and the next one goes on with the rest. A row keeps everything but its class and its partition,
so what was sealed of it still holds.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.retention.actions import EVENTS_MOVED
from auditlog.retention.models import Relocation
from auditlog.retention.queries import events_to_relocate
from auditlog.services import record
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import current_connection, platform_transaction

BATCH = 5_000
# A transaction that was open at the change may still write in the old class; none is open for so long.
LATE_WRITERS = timedelta(minutes=15)

Progress = Callable[[Relocation], None]


def relocate(
    tenant_id: UUID, *, actor: Actor, batch: int = BATCH, progress: Progress = lambda _relocation: None
) -> Relocation | None:
    """Take a tenant's earlier events to its class until none is left; returns how it stands, None if nothing was asked.

    Call it with no transaction open, as often as you like. Finished it is at the first run that finds nothing left and
    nobody who could still add to it; that is recorded in the tenant's log with the counts (R2).
    """
    with tenant_scope(tenant_id):
        relocation = _begin()
        while relocation is not None and relocation.finished_at is None:
            before = relocation.done
            relocation = _batch(batch, actor=actor)
            if relocation is None or relocation.done == before:
                break
            progress(relocation)
    return relocation


def _begin() -> Relocation | None:
    """The order, with the number of events that are to go, counted once."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        relocation = _locked()
        if relocation is not None and relocation.finished_at is None and relocation.total is None:
            relocation.total = events_to_relocate(relocation.tenant_id, relocation.to_class)
            relocation.save(update_fields=["total"])
        return relocation


def _batch(batch: int, *, actor: Actor) -> Relocation | None:
    """One batch in one transaction. None if the order has gone, as it does with its tenant."""
    with platform_transaction(), current_connection().cursor() as cursor:
        relocation = _locked()
        if relocation is None or relocation.finished_at is not None:
            return relocation
        now = timezone.now()
        cursor.execute(
            "SELECT * FROM auditlog_move_events(%s, %s, %s, %s)",
            [relocation.tenant_id, relocation.to_class, now.date(), batch],
        )
        moved, removed = cursor.fetchone()
        relocation.moved, relocation.removed = relocation.moved + moved, relocation.removed + removed
        if moved == removed == 0 and now >= relocation.asked_at + LATE_WRITERS:
            relocation.finished_at = now
            _record(relocation, actor=actor)
        relocation.save(update_fields=["moved", "removed", "finished_at"])
        return relocation


def _locked() -> Relocation | None:
    """The order of the tenant in scope; another job for it waits until this transaction has ended."""
    return Relocation.objects.select_for_update().first()


def _record(relocation: Relocation, *, actor: Actor) -> None:
    after = {
        "from": relocation.from_class,
        "to": relocation.to_class,
        "moved": relocation.moved,
        "removed": relocation.removed,
    }
    record(EVENTS_MOVED, actor=actor, target=relocation, after=after)
