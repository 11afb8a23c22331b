"""Verification of a tenant's log: its chain of segments, and every event against the leaf that was sealed (G7)."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from psycopg import sql

from auditlog.sealing import entries, merkle, queries
from auditlog.sealing.canonical import LINE, Place, between, copy_events, id_of, time_of
from auditlog.sealing.expiry import Expiry
from auditlog.sealing.findings import Broken, Finding, FindingKind
from auditlog.sealing.keys import is_signed
from auditlog.sealing.models import Segment
from auditlog.sealing.sealer import TOLERANCE
from auditlog.sealing.statements import NOTHING, SEGMENT_FORMAT, NoStatement, hash_of, read
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import current_connection, platform_transaction

_GROUP = 200_000  # events that are read with one statement; their leaves are held meanwhile
_SEGMENTS = 500  # segments in such a group at the most
_BLOCK = 128  # of them are compared at once: few enough to stay in the processor's cache

Progress = Callable[[int], None]  # called with how many events were checked up to now


@dataclass(slots=True)
class TenantReport:
    """What was checked of one tenant. `expired` are events that were sealed and have reached their day since."""

    tenant_id: UUID
    segments: int = 0
    events: int = 0
    expired: int = 0
    unsealed: int = 0
    finding: Finding | None = None


class _Mismatch(Exception):  # noqa: N818 - caught here; what it means takes further questions to the database
    def __init__(self, segment: Segment | None, entry: entries.Entry | None, line: bytes | None) -> None:
        super().__init__()
        self.segment, self.entry, self.line = segment, entry, line


def verify_tenant(tenant_id: UUID, *, erased: bool = False, progress: Progress = lambda _events: None) -> TenantReport:
    """Check a tenant's chain and events up to the first broken place. Of an erased tenant only the chain is left."""
    report = TenantReport(tenant_id)
    last: Segment | None = None
    more = True
    try:
        while more:
            with _reading(tenant_id) as cursor:
                group, more = _group_after(last, tenant_id)
                report.segments += len(group)
                if not erased:
                    _check_events(cursor, group, queries.place_after(last), report)
                    progress(report.events)
                last = group[-1] if group else last
                if not more and not erased:
                    _check_rest(cursor, tenant_id, last, report)
    except Broken as broken:
        report.finding = broken.finding(tenant_id)
    except _Mismatch as mismatch:
        with tenant_scope(tenant_id), platform_transaction():
            report.finding = _told(tenant_id, mismatch).finding(tenant_id)
    return report


@contextmanager
def _reading(tenant_id: UUID) -> Iterator[Any]:
    """One moment of the log. A group of segments each: a partition that is dropped waits for no more than that."""
    with tenant_scope(tenant_id), platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # By the index in the order of sealing: a partition holds the rows of all others as well.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = off")
        yield cursor


def _group_after(last: Segment | None, tenant_id: UUID) -> tuple[list[Segment], bool]:
    """The next segments of the chain, checked, of so many events together, and whether there are more."""
    group: list[Segment] = []
    following = list(queries.segments_of(tenant_id).filter(seq__gt=last.seq if last else 0)[:_SEGMENTS])
    for segment in following:
        if group and sum(one.count for one in group) + segment.count > _GROUP:
            break
        _check_segment(segment, group[-1] if group else last)
        group.append(segment)
    return group, len(group) < len(following) or len(following) == _SEGMENTS


def _check_segment(segment: Segment, before: Segment | None) -> None:
    expected = before.seq + 1 if before else 1
    if segment.seq != expected:
        raise Broken(FindingKind.SEGMENT_MISSING, f"Segment {expected} is missing.")
    if not is_signed(segment.statement, segment.key_id, bytes(segment.signature)):
        raise Broken(FindingKind.SEGMENT_FORGED, f"Segment {segment.seq} is not one that we signed.")
    try:
        statement = read(segment.statement, SEGMENT_FORMAT)
    except NoStatement as error:
        raise Broken(FindingKind.SEGMENT_FORGED, f"Segment {segment.seq} is no segment.") from error
    previous = hash_of(before.statement) if before else NOTHING
    stated = tuple(statement[key] for key in ("tenant", "seq", "count", "keeps", "previous"))
    if stated != (str(segment.tenant_id), segment.seq, segment.count, segment.keeps, previous):
        raise Broken(FindingKind.SEGMENT_FORGED, f"Segment {segment.seq} does not follow segment {expected - 1}.")


def _check_events(cursor: Any, group: Sequence[Segment], start: Place, report: TenantReport) -> None:
    """Compare the events of some segments with their leaves; one statement for each run of segments that have them."""
    leaves, expiry = queries.leaves_of(group), Expiry.of(report.tenant_id)
    run: list[Segment] = []
    for segment in group:
        if segment.seq in leaves:
            _check_leaves(segment, leaves[segment.seq])
            run.append(segment)
            continue
        if not expiry.allows_all(read(segment.statement, SEGMENT_FORMAT)):
            raise Broken(FindingKind.LEAVES_MISSING, f"The list of events of segment {segment.seq} is missing.")
        report.expired += segment.count
        _check_run(cursor, run, leaves, start, expiry, report)
        run, start = [], queries.place_after(segment)
    _check_run(cursor, run, leaves, start, expiry, report)


def _check_leaves(segment: Segment, leaves: bytes) -> None:
    root = merkle.root(entries.leaf_hashes(leaves)).hex()
    if root != read(segment.statement, SEGMENT_FORMAT)["root"]:
        raise Broken(FindingKind.LEAVES_CHANGED, f"The list of events of segment {segment.seq} was changed.")


def _check_run(
    cursor: Any, run: Sequence[Segment], leaves: dict[int, bytes], start: Place, expiry: Expiry, report: TenantReport
) -> None:
    if not run:
        return
    chosen = between(run[0].tenant_id, start, queries.place_after(run[-1]))
    with _ClosedQuietly(copy_events(cursor, LINE, chosen)) as found:
        lines: Iterator[bytes] = found
        for segment in run:
            sealed = leaves[segment.seq]
            for at in range(0, len(sealed), _BLOCK * entries.SIZE):
                expected = entries.digests(sealed[at : at + _BLOCK * entries.SIZE])
                here = list(islice(lines, len(expected)))
                if [sha256(line).digest() for line in here] != expected:  # some have expired, or somebody was here
                    lines = _check_one_by_one(segment, sealed[at:], chain(here, lines), expiry, report)
                    break
                report.events += len(here)
        for line in lines:
            raise _Mismatch(None, None, line)


def _check_one_by_one(
    segment: Segment, sealed: bytes, lines: Iterator[bytes], expiry: Expiry, report: TenantReport
) -> Iterator[bytes]:
    """Compare the events of a segment of which some may have expired; returns the lines that come after it."""
    line = next(lines, None)
    for entry in map(entries.read, entries.split(sealed)):
        if line is not None and sha256(line).digest() == entry.digest:
            report.events += 1
            line = next(lines, None)
        elif not expiry.allows(entry) or (line is not None and id_of(line) == entry.id):
            raise _Mismatch(segment, entry, line)
        else:
            report.expired += 1
    return lines if line is None else chain([line], lines)


def _check_rest(cursor: Any, tenant_id: UUID, last: Segment | None, report: TenantReport) -> None:
    """What comes after the chain is yet to be sealed; what the sealer will not take, somebody put there."""
    rest = between(tenant_id, queries.place_after(last))
    counting = sql.SQL("SELECT count(*) FROM auditlog_auditevent WHERE {}").format(rest)
    cursor.execute(counting)
    (report.unsealed,) = cursor.fetchone()
    head = queries.newest_head()
    if not report.unsealed or last is None or head is None or not queries.has_caught_up(last):
        return
    strange = sql.SQL("{} AND (at < {} OR at >= {})").format(
        rest, sql.Literal(head.at - TOLERANCE), sql.Literal(timezone.now() + TOLERANCE)
    )
    with _ClosedQuietly(copy_events(cursor, LINE, strange, 1)) as lines:
        for line in lines:
            raise _Mismatch(None, None, line)


def _told(tenant_id: UUID, found: _Mismatch) -> Broken:
    """What a mismatch means: whether the expected event is elsewhere, and whether the found one was ever sealed."""
    entry, line = found.entry, found.line
    inside = f" It was sealed in segment {found.segment.seq}." if found.segment else ""
    if entry and line and id_of(line) == entry.id:
        return Broken(FindingKind.EVENT_CHANGED, f"{_named(line)} was changed after it was sealed.{inside}")
    if entry and not _exists(tenant_id, entry.id):
        return Broken(
            FindingKind.EVENT_MISSING,
            f"Event {entry.id}, which expires on {Expiry.of(tenant_id).day_of(entry)}, is missing.{inside}",
        )
    if line and not _was_sealed(tenant_id, id_of(line)):
        return Broken(FindingKind.EVENT_INSERTED, f"{_named(line)} was put in later, past the product.")
    told = _named(line) if line else f"Event {entry.id if entry else ''}"
    return Broken(FindingKind.EVENT_MOVED, f"{told} is not at its place in the order of events.{inside}")


def _exists(tenant_id: UUID, event_id: UUID) -> bool:
    with current_connection().cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM auditlog_auditevent WHERE tenant_id = %s AND id = %s)", [tenant_id, event_id]
        )
        return bool(cursor.fetchone()[0])


def _was_sealed(tenant_id: UUID, event_id: UUID) -> bool:
    with current_connection().cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM sealing_leaves WHERE tenant_id = %s AND position(%s IN entries) > 0)",
            [tenant_id, event_id.bytes],
        )
        return bool(cursor.fetchone()[0])


def _named(line: bytes) -> str:
    return f"Event {id_of(line)} of {time_of(line)}"


class _ClosedQuietly(closing[Generator[bytes, None, None]]):
    """Ends a COPY that is left in the middle, which the server calls a cancelled statement."""

    def __exit__(self, *error: object) -> None:
        with suppress(DatabaseError):
            super().__exit__(*error)
