"""The sealer: closes what is new of every tenant's log into segments, then writes and anchors a head (G7).

Only events of transactions that had ended are taken: below the oldest transaction that still runs, nothing can be
added any more. A late commit therefore comes with a later segment, never too late for its own. Each tenant is closed in
a transaction of its own under one lock, so that a sealer that dies leaves whole segments, and two never fork a chain.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils import timezone
from psycopg import sql

from auditlog.actors import Actor
from auditlog.models import RetentionClass
from auditlog.sealing import anchors, chains, entries, queries
from auditlog.sealing.actions import AUDIT_RECOVERED
from auditlog.sealing.canonical import (
    BEGINNING,
    LINE,
    SEPARATOR,
    TERM,
    Place,
    between,
    copy_events,
    id_of,
    time_of,
)
from auditlog.sealing.errors import RolledBack, SealerBusy, TransactionsAnew
from auditlog.sealing.models import Head, Segment
from auditlog.sealing.statements import hash_of
from auditlog.services import record_apart
from tenants.isolation.placement import PLATFORM_ALIAS
from tenants.isolation.transactions import current_connection, platform_transaction

SEGMENT_SIZE = 8192  # small enough that the proof of one event reads little
BATCH_SIZE = 100_000  # events in one transaction
# Events whose own time is further from that of their sealing are not sealed and are told by a verification: the product
# writes none, so somebody put them in.
TOLERANCE = timedelta(days=1)
_LOCK = int.from_bytes(sha256(b"auditlog.sealing").digest()[:8], signed=True)
# A company that declared a longer class since may keep the events longer than the leaves were to be needed.
_FORGET = """
    DELETE FROM sealing_leaves AS leaves WHERE expires < current_date - 30 AND NOT EXISTS (
        SELECT FROM sealing_segment AS declared JOIN sealing_segment AS own
        ON own.tenant_id = leaves.tenant_id AND own.seq = leaves.seq
        WHERE declared.tenant_id = leaves.tenant_id AND declared.keeps IS NOT NULL AND declared.seq > leaves.seq
        AND (own.last_at AT TIME ZONE 'UTC')::date + declared.keeps >= current_date - 30
    )
"""

Progress = Callable[[int], None]  # called with how many events were sealed up to now


@dataclass(slots=True)
class Sealed:
    """What a run did."""

    segments: int = 0
    events: int = 0
    head: int = 0


def seal(tenant_ids: Iterable[UUID], *, progress: Progress = lambda _events: None) -> Sealed:
    """Seal what is new of these tenants, write a head over all, anchor what is not anchored yet.

    Call it with no transaction open. Raises SealerBusy, RolledBack, TransactionsAnew, VaultError (nothing is sealed
    while the anchor store is away, or it could contradict afterwards); the next run goes on where this one ended.
    """
    done = Sealed()
    with _turn() as cursor:
        before = queries.newest_head()
        if before and anchors.exists(before.number + 1):
            raise RolledBack(before.number)
        horizon = _horizon(cursor)
        waiting = [tenant_id for tenant_id in tenant_ids if _has_new_events(cursor, tenant_id, before, horizon)]
    for tenant_id in waiting:
        while segments := _close(tenant_id, horizon):
            done.segments += len(segments)
            done.events += sum(segment.count for segment in segments)
            progress(done.events)
            if segments[-1].end_transaction == horizon:
                break
    with _turn() as cursor:
        done.head = chains.append_head(cursor, after=queries.newest_head(), using=PLATFORM_ALIAS).number
    anchor_heads()
    return done


def anchor_heads() -> None:
    """Bring the heads that the anchor store lacks there, oldest first. Raises RolledBack, StoreUnavailable."""
    with platform_transaction():
        newest = queries.newest_head()
    if newest is None:
        return
    anchors.put_keys()
    for number in range(anchors.newest_anchored(newest.number) + 1, newest.number + 1):
        with platform_transaction():
            head = Head.objects.get(number=number)
            segments = list(Segment.objects.filter(head=number))
        anchors.put(head, segments)


def recover(*, actor: Actor) -> tuple[int, int] | None:
    """Go on after an older state of the database was put back: take over the heads that the store holds beyond it.

    Returns the numbers of the first and the last of them, or None when there are none. The next head says so for good,
    and so does the log of the tenant in scope, the provider's. Raises AnchorDamaged, SealerBusy, StoreUnavailable.
    """
    with _turn() as cursor:
        newest = queries.newest_head()
        known = newest.number if newest else 0
        while anchors.exists((newest.number if newest else 0) + 1):
            newest = anchors.fetch((newest.number if newest else 0) + 1).head
            newest.save(using=PLATFORM_ALIAS, force_insert=True)
        if newest is None or newest.number == known:
            return None
        lost = (known + 1, newest.number)
        chains.append_head(cursor, after=newest, using=PLATFORM_ALIAS, recovered=lost)
    anchor_heads()
    record_apart(AUDIT_RECOVERED, actor=actor, after={"first_head": lost[0], "last_head": lost[1]})
    return lost


def forget_expired_leaves() -> int:
    """Remove the leaves of segments whose last event expired a month ago, and say of how many. Statements stay."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_FORGET)
        return int(cursor.rowcount)


def begin_restored_chain(cursor: Any, tenant_id: UUID, *, origin: UUID, using: str) -> None:
    """Let the chain of a restored tenant begin with whose copy it is, and where that one's chain was by then.

    In the transaction of the restore, at its end: it keeps the sealer waiting until the commit.
    """
    _wait_for_turn(cursor)
    newest, head = queries.newest_segment(origin, using=using), queries.newest_head(using=using)
    said = {
        "tenant": str(origin),
        "seq": newest.seq if newest else 0,
        "hash": hash_of(newest.statement) if newest else None,
    }
    chains.append_segment(
        tenant_id,
        chains.Run(),
        after=None,
        end=BEGINNING,
        head=head.number + 1 if head else 1,
        using=using,
        origin=said,
    )


def declare_retention(tenant_id: UUID, retention_class: RetentionClass) -> date:
    """Declare in a tenant's chain that its events up to now are kept as that class says, and return the day in UTC.

    For a job that moves rows to the partitions of another class, with no transaction open. It holds for the events of
    the day that is returned and before, so these may be moved, and with them what proves them stays good. Where the
    class is shorter, declare, then move; where it is longer, move, then declare: what is declared is asked for. A
    second declaration does no harm, so a job that died may begin anew.
    """
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        _wait_for_turn(cursor)
        newest, head = queries.newest_segment(tenant_id), queries.newest_head()
        declared = chains.append_segment(
            tenant_id,
            chains.Run(),
            after=newest,
            end=queries.place_after(newest),
            head=head.number + 1 if head else 1,
            using=PLATFORM_ALIAS,
            keeps=retention_class.days,
        )
    return declared.sealed_at.astimezone(UTC).date()


def _wait_for_turn(cursor: Any) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@contextmanager
def _turn() -> Iterator[Any]:
    """A transaction of the platform role in which no other sealer works. Raises SealerBusy."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise SealerBusy
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield cursor


def _horizon(cursor: Any) -> int:
    """The oldest transaction that still runs; all before it have ended. Raises TransactionsAnew."""
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
    horizon = int(cursor.fetchone()[0])
    cursor.execute("SELECT coalesce(max(end_transaction), 0) FROM sealing_segment WHERE head >= %s", [_last_used()])
    (sealed,) = cursor.fetchone()
    if sealed > horizon:
        raise TransactionsAnew(sealed, horizon)
    return horizon


def _last_used() -> int:
    """The newest head that came with a segment."""
    newest = Segment.objects.using(PLATFORM_ALIAS).order_by("head").last()
    return newest.head if newest else 0


def _has_new_events(cursor: Any, tenant_id: UUID, head: Head | None, horizon: int) -> bool:
    condition = _new_events(tenant_id, queries.newest_segment(tenant_id), head, horizon)
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM auditlog_auditevent WHERE {})").format(condition))
    return bool(cursor.fetchone()[0])


def _new_events(tenant_id: UUID, newest: Segment | None, head: Head | None, horizon: int) -> sql.Composed:
    """The condition for what is to be sealed of a tenant.

    The first time, and so after a restore, it may be of any age, until the chain has come up to the present once.
    """
    parts = [
        between(tenant_id, queries.place_after(newest), (horizon, None)),
        sql.SQL("at < {}").format(sql.Literal(timezone.now() + TOLERANCE)),
    ]
    if head and queries.has_caught_up(newest):
        parts.append(sql.SQL("at >= {}").format(sql.Literal(head.at - TOLERANCE)))
    return sql.SQL(" AND ").join(parts)


def _close(tenant_id: UUID, horizon: int) -> list[Segment]:
    """Close the next events of a tenant, at most about BATCH_SIZE, in one transaction; the segments that came of it."""
    with _turn() as cursor:
        newest, head = queries.newest_segment(tenant_id), queries.newest_head()
        condition = _new_events(tenant_id, newest, head, horizon)
        limit = BATCH_SIZE
        while not (runs := _runs(cursor, condition, limit, horizon)):
            limit *= 2  # one moment of one transaction can hold more than fits
        segments = []
        for run, end in runs:
            if run.leaves:
                newest = chains.append_segment(
                    tenant_id, run, after=newest, end=end, head=head.number + 1 if head else 1, using=PLATFORM_ALIAS
                )
                segments.append(newest)
        return segments


def _runs(cursor: Any, condition: sql.Composed, limit: int, horizon: int) -> list[tuple[chains.Run, Place]]:
    """The events in runs of SEGMENT_SIZE, each with its end. One that the limit cut is left to the next time."""
    runs: list[tuple[chains.Run, Place]] = []
    run, number, last = chains.Run(), 0, (0, "")
    columns = f"transaction_id, {TERM}, {LINE}"
    for number, row in enumerate(copy_events(cursor, columns, condition, limit), start=1):  # noqa: B007
        transaction, days, line = row.split(SEPARATOR, 2)
        at, term = time_of(line), int(days)
        place = (int(transaction), at)
        if len(run.leaves) >= SEGMENT_SIZE and place != last:
            runs.append((run, (place[0], datetime.fromisoformat(at))))
            run = chains.Run()
        run.add(entries.pack(term, id_of(line).bytes, line), at, entries.expiry_of(term))
        last = place
    if number < limit:
        runs.append((run, (horizon, None)))
    return runs
