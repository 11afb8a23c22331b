"""Checks the chain of heads against its signatures, its anchors, its clock and the segments that it covers (G7)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from auditlog.sealing import anchors, chains, merkle, queries
from auditlog.sealing.errors import AnchorDamaged
from auditlog.sealing.findings import Broken, Finding, FindingKind
from auditlog.sealing.keys import is_signed
from auditlog.sealing.models import Head, Segment
from auditlog.sealing.statements import HEAD_FORMAT, NOTHING, NoStatement, hash_of, head_leaves, read
from tenants.isolation.transactions import current_connection, platform_transaction
from vault.errors import ObjectMissing

# The sealer runs every minute. So long after its last head it is called stopped, and an anchor missing.
STALE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class HeadsReport:
    """How many heads there are, up to when, and the first broken place."""

    heads: int
    newest_at: str
    finding: Finding | None


def verify_heads() -> HeadsReport:
    """Check all heads from the first to the newest, and that the newest is that of the anchor store."""
    count, newest, statement = 0, None, {}
    try:
        with platform_transaction(), current_connection().cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            for head in Head.objects.order_by("number").iterator(chunk_size=2000):
                statement = _checked(head, newest)
                newest, count = head, count + 1
            if newest is None:
                raise _nothing_sealed()
            _check_segments(cursor, newest, statement)
        with platform_transaction():
            _check_anchor()
        _check_clock(newest)
    except Broken as broken:
        return HeadsReport(count, str(statement.get("at", "")), broken.finding())
    return HeadsReport(count, str(statement["at"]), None)


def _checked(head: Head, before: Head | None) -> dict[str, Any]:
    """The statement of a head that follows the one before it."""
    expected = before.number + 1 if before else 1
    if head.number != expected:
        raise Broken(FindingKind.HEAD_MISSING, f"Head {expected} is missing.")
    forged = Broken(FindingKind.HEAD_FORGED, f"Head {head.number} is not one that we signed.")
    if not is_signed(head.statement, head.key_id, bytes(head.signature)):
        raise forged
    try:
        statement = read(head.statement, HEAD_FORMAT)
    except NoStatement as error:
        raise forged from error
    previous = hash_of(before.statement) if before else NOTHING
    if statement["number"] != head.number or statement["previous"] != previous:
        raise Broken(FindingKind.HEAD_FORGED, f"Head {head.number} does not follow head {expected - 1}.")
    return statement


def _nothing_sealed() -> Broken:
    if anchors.exists(1):
        return Broken(FindingKind.ROLLED_BACK, "The database has no head, but the anchor store has: it was emptied.")
    return Broken(FindingKind.NEVER_SEALED, "Nothing was ever sealed. Does the scheduler run?")


def _check_segments(cursor: Any, newest: Head, statement: dict[str, Any]) -> None:
    """The newest head covers the newest segment of everybody, and by their chains all others."""
    leaves = head_leaves(queries.newest_of_everybody(cursor, newest.number))
    if merkle.root(leaves).hex() == statement["root"] and len(leaves) == statement["size"]:
        return
    raise Broken(FindingKind.SEGMENTS_DIFFER, f"Head {newest.number} covers other segments than there are. {_where()}")


def _where() -> str:
    """The newest head whose own segments differ, and whose they are, as far as its anchor tells."""
    for head in Head.objects.order_by("-number").iterator(chunk_size=500):
        present = anchors.closed_by(list(Segment.objects.filter(head=head.number)))
        if chains.digest_of(present) != json.loads(head.statement)["closed"]:
            try:
                closed = anchors.fetch(head.number).closed
            except (ObjectMissing, AnchorDamaged):
                closed = []
            gone = [
                f"segment {seq} of tenant {tenant}"
                for tenant, seq, hash_ in closed
                if [tenant, seq, hash_] not in present
            ]
            more = len(present) - (len(closed) - len(gone))
            named = f"removed or changed: {', '.join(gone[:5])}" if gone else f"{more} too many"
            return f"Of those that came with head {head.number}: {named}."
    return "No single head tells which."


def _check_anchor() -> None:
    """The anchor store holds the heads of the database and no later one; asked afresh, since the sealer goes on."""
    newest = _newest()
    while anchors.exists(newest.number + 1):
        before, newest = newest, _newest()
        if newest.number == before.number:  # a head is anchored after it was committed, never before
            text = f"The anchor store holds a later head than {newest.number}, the newest here: an older state is back."
            raise Broken(FindingKind.ROLLED_BACK, text)
    last = anchors.newest_anchored(newest.number)
    try:
        anchored = anchors.fetch(last).head if last else None
    except AnchorDamaged as error:
        raise Broken(FindingKind.ANCHOR_FORGED, str(error)) from error
    if anchored and anchored.statement != Head.objects.get(number=last).statement:
        raise Broken(FindingKind.ROLLED_BACK, f"The anchor store holds another head {last} than the database.")
    if last < newest.number:
        waiting = Head.objects.get(number=last + 1)
        if waiting.at < timezone.now() - STALE:
            text = f"Head {waiting.number} and all later ones are not in the anchor store."
            raise Broken(FindingKind.NOT_ANCHORED, text)


def _newest() -> Head:
    return Head.objects.order_by("-number")[0]


def _check_clock(newest: Head) -> None:
    if newest.at < timezone.now() - STALE:
        text = f"The sealer has not run since {newest.at:%Y-%m-%d %H:%M:%S} UTC."
        raise Broken(FindingKind.SEALER_STOPPED, text)
