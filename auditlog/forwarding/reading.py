"""The next events of a destination, in the order in which the log is complete (see auditlog.sealing).

The order is (transaction, time, key), and only transactions are read below which none runs any more: a late commit
comes later, and is never passed over. That the oldest running transaction of the whole cluster counts may delay what is
sent; it loses nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from auditlog.forwarding.models import Destination
from auditlog.forwarding.payloads import as_json, described
from auditlog.models import AuditEvent
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import current_connection

MOST_EVENTS = 500
MOST_BYTES = 1024 * 1024
MOST_LOOKED_AT = 20_000  # in one batch, of events of other kinds than those that are wanted
MOST_COUNTED = 10_000
# A clock that was set, servers whose clocks differ: no event's time is further from that of its transaction.
_SLACK = timedelta(days=1)

_NIL = UUID(int=0)
_HORIZON = "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() s"
# `at >= since` is what lets the database leave old partitions alone.
_NEXT = """
FROM auditlog_auditevent
WHERE tenant_id = %s AND at >= %s AND transaction_id < %s::text::xid8
  AND (transaction_id, at, id) > (%s::text::xid8, %s::text::timestamptz, %s)
"""
_EVENTS = f"SELECT *, transaction_id::text::bigint AS number {_NEXT} ORDER BY transaction_id, at, id LIMIT %s"
_COUNT = f"SELECT count(*) FROM (SELECT {_NEXT} LIMIT %s) AS waiting"  # noqa: S608 - names of ours


@dataclass(frozen=True, slots=True)
class Horizon:
    """All transactions before `oldest` have ended, none from `next` on had begun `at` that time."""

    oldest: int
    next: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """The place behind an event; without an `id` the beginning of the transaction."""

    transaction: int
    at: datetime
    id: UUID | None


@dataclass(slots=True)
class Batch:
    """Events as JSON, and the position behind them. `is_last`: nothing more is complete by now."""

    position: Position
    horizon: Horizon
    events: list[bytes] = field(default_factory=list)
    size: int = 0
    is_last: bool = False


def horizon() -> Horizon:
    """Up to where the log is complete."""
    now = timezone.now()
    with current_connection().cursor() as cursor:
        cursor.execute(_HORIZON)
        oldest, following = cursor.fetchone()
    return Horizon(int(oldest), int(following), now)


def position_of(destination: Destination) -> Position:
    """Up to where it has confirmed."""
    return Position(destination.transaction_id, destination.position_at, destination.position_id)


def next_batch(destination: Destination, *, most: int = MOST_EVENTS) -> Batch:
    """What comes next: as many events of the wanted kinds as fit, of a bounded number that is looked at."""
    batch = Batch(position_of(destination), horizon())
    for looked_at, event in enumerate(_events(destination, batch), start=1):
        if event is None:
            batch.is_last = True
            batch.position = Position(batch.horizon.oldest, batch.horizon.at, None)
            break
        if not destination.kinds or event.kind in destination.kinds:
            line = as_json(described(event))
            if batch.events and batch.size + len(line) > MOST_BYTES:
                break
            batch.events.append(line)
            batch.size += len(line) + 1
        batch.position = Position(event.number, event.at, event.id)
        if len(batch.events) >= most or looked_at >= MOST_LOOKED_AT:
            break
    return batch


def _events(destination: Destination, batch: Batch) -> Iterator[Any]:
    """All events from the position on, and None behind the last one."""
    while True:
        parameters = [*_bounds(destination, batch.position, batch.horizon), MOST_EVENTS]
        rows = list(AuditEvent.objects.raw(_EVENTS, parameters))
        yield from rows
        if len(rows) < MOST_EVENTS:
            yield None


def backlog_of(destination: Destination) -> int:
    """How many events are not looked at yet, counted up to MOST_COUNTED."""
    with current_connection().cursor() as cursor:
        cursor.execute(_COUNT, [*_bounds(destination, position_of(destination), horizon()), MOST_COUNTED])
        return int(cursor.fetchone()[0])


def _bounds(destination: Destination, position: Position, horizon: Horizon) -> list[Any]:
    at = "-infinity" if position.id is None else position.at.isoformat()
    place = [str(position.transaction), at, position.id or _NIL]
    return [require_tenant_id(), destination.since, str(horizon.oldest), *place]


def moved(destination: Destination, position: Position, horizon: Horizon) -> dict[str, Any]:
    """The columns of a destination that has come to a position.

    `since` follows at a distance: not the time of the last event, but that of a mark behind which no transaction can
    have begun, however long one of them is open.
    """
    if (position.transaction, position.id) == (destination.transaction_id, None):
        position = Position(position.transaction, destination.position_at, None)  # an old transaction holds all up
    values: dict[str, Any] = {
        "transaction_id": position.transaction,
        "position_at": position.at,
        "position_id": position.id,
    }
    if position.transaction >= destination.mark_transaction:
        values |= {
            "since": max(destination.since, destination.mark_at - _SLACK),
            "mark_transaction": horizon.next,
            "mark_at": horizon.at,
        }
    return values


def begun_anew(destination: Destination, horizon: Horizon) -> dict[str, Any] | None:
    """The columns of a destination whose database was moved to a cluster that counts transactions anew; None else.

    What it confirmed in the last day is sent again rather than anything passed over.
    """
    if destination.transaction_id <= horizon.oldest:
        return None
    return starting(max(destination.since, destination.position_at - _SLACK), horizon)


def starting(since: datetime, horizon: Horizon) -> dict[str, Any]:
    """The columns of a destination that begins with the first event of that time or later."""
    return {
        "since": since,
        "transaction_id": 0,
        "position_at": since,
        "position_id": None,
        "mark_transaction": horizon.next,
        "mark_at": horizon.at,
    }
