"""Earlier events follow a change of class, in batches in the order of their keys (G5).

Each batch is a transaction with its count, and what is left is asked of the log itself: a job that is killed anywhere
has moved whole batches, and the next one goes on with the rest. A row keeps everything but its class and its partition,
so what was sealed of it still holds.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.models import AuditEvent, RetentionClass
from auditlog.retention.actions import EVENTS_MOVED
from auditlog.retention.models import Relocation
from auditlog.retention.queries import events_to_relocate
from auditlog.sealing.sealer import declare_retention
from auditlog.services import record
from tenants.isolation.context import tenant_scope
from tenants.isolation.keeping import put_aside
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
    nobody who could still add to it; that is recorded in the tenant's log with the counts (R2). The chain of seals says
    what is kept from now on: before the first event goes early, or after the last one stays longer (G7).
    """
    with tenant_scope(tenant_id):
        relocation = _begin()
        if relocation is None or relocation.finished_at is not None:
            return relocation
        if relocation.shortens and relocation.declared_on != timezone.now().date():
            _declare(relocation)
        if relocation.shortens:
            _put_held_aside(relocation)
        while _batch(relocation, batch):
            progress(relocation)
        if timezone.now() >= relocation.asked_at + LATE_WRITERS:
            if not relocation.shortens:
                _declare(relocation)
            _finish(relocation, actor=actor)
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


def _declare(relocation: Relocation) -> None:
    """Let the chain say so. A declaration holds for the events of its day and before; a second one does no harm."""
    declared_on = declare_retention(relocation.tenant_id, RetentionClass(relocation.to_class))
    with platform_transaction():
        if _is_still(relocation):
            relocation.declared_on = declared_on
            relocation.save(update_fields=["declared_on"])


def _put_held_aside(relocation: Relocation) -> None:
    """Copy what a legal hold covers of the events that the new class would not keep (R5)."""
    kept_from = timezone.now() - timedelta(days=RetentionClass(relocation.to_class).days)
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        put_aside(AuditEvent, Q(tenant_id=relocation.tenant_id, at__lt=kept_from))


def _batch(relocation: Relocation, batch: int) -> bool:
    """One batch in one transaction; False when nothing was left, or something else has been asked since."""
    with platform_transaction(), current_connection().cursor() as cursor:
        if not _is_still(relocation):
            return False
        cursor.execute(
            "SELECT * FROM auditlog_move_events(%s, %s, %s, %s)",
            [relocation.tenant_id, relocation.to_class, timezone.now().date(), batch],
        )
        moved, removed = cursor.fetchone()
        relocation.moved, relocation.removed = relocation.moved + moved, relocation.removed + removed
        relocation.save(update_fields=["moved", "removed"])
        return bool(moved + removed)


def _finish(relocation: Relocation, *, actor: Actor) -> None:
    with platform_transaction():
        if not _is_still(relocation):
            return
        relocation.finished_at = timezone.now()
        relocation.save(update_fields=["finished_at"])
        after = {
            "from": relocation.from_class,
            "to": relocation.to_class,
            "moved": relocation.moved,
            "removed": relocation.removed,
        }
        record(EVENTS_MOVED, actor=actor, target=relocation, after=after)


def _is_still(relocation: Relocation) -> bool:
    """Whether this is still what is asked; takes the counts of another job for it, which waits until we have ended."""
    present = _locked()
    if present is None or present.asked_at != relocation.asked_at or present.finished_at is not None:
        return False
    relocation.moved, relocation.removed = present.moved, present.removed
    return True


def _locked() -> Relocation | None:
    """The order of the tenant in scope; another job for it waits until this transaction has ended."""
    return Relocation.objects.select_for_update().first()
