"""Adding to the chain of a tenant and to the chain of heads: the statements, their signatures, their rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils import timezone

from auditlog.sealing import anchors, entries, merkle, queries, statements
from auditlog.sealing.canonical import FORM, Place
from auditlog.sealing.keys import sign
from auditlog.sealing.models import Head, Leaves, Segment
from tenants.isolation.context import tenant_scope


@dataclass(slots=True)
class Run:
    """The events of the next segment; times as they stand in the lines."""

    leaves: list[bytes] = field(default_factory=list)
    first_at: str = ""
    last_at: str = ""
    expires: int = 0

    def add(self, leaf: bytes, at: str, expires: int) -> None:
        """One more event."""
        self.leaves.append(leaf)
        # Events are in the order of their transactions, which is not quite that of their times.
        self.first_at = min(self.first_at or at, at)
        self.last_at = max(self.last_at, at)
        self.expires = max(self.expires, expires)


def append_segment(
    tenant_id: UUID,
    run: Run,
    *,
    after: Segment | None,
    end: Place,
    head: int,
    using: str,
    origin: dict[str, Any] | None = None,
    keeps: int | None = None,
) -> Segment:
    """Add a segment to the end of a tenant's chain, in the open transaction of that alias.

    `origin` is what the first one of a restored tenant says of where it came from; `keeps` declares for how many days
    all events before this one are kept.
    """
    seq, now = after.seq + 1 if after else 1, timezone.now()
    statement = statements.written(
        {
            "format": statements.SEGMENT_FORMAT,
            "form": FORM,
            "tenant": str(tenant_id),
            "seq": seq,
            "previous": statements.hash_of(after.statement) if after else statements.NOTHING,
            "count": len(run.leaves),
            "first_at": run.first_at or None,
            "last_at": run.last_at or None,
            "expires": run.expires,
            "root": merkle.root([merkle.leaf_hash(leaf) for leaf in run.leaves]).hex(),
            "sealed_at": statements.moment(now),
            # Up to the present: what comes later is younger than TOLERANCE before this.
            "caught_up": bool(run.leaves) and end[1] is None,
            "origin": origin,
            "keeps": keeps,
        }
    )
    signature = sign(statement)
    segment = Segment(
        tenant_id=tenant_id,
        seq=seq,
        head=head,
        count=len(run.leaves),
        first_at=_parsed(run.first_at),
        last_at=_parsed(run.last_at),
        sealed_at=now,
        end_transaction=end[0],
        end_at=end[1],
        keeps=keeps,
        statement=statement,
        key_id=signature.key_id,
        signature=signature.value,
    )
    segment.save(using=using, force_insert=True)
    with tenant_scope(tenant_id):
        leaves = Leaves(seq=seq, expires=entries.day_of(run.expires), entries=b"".join(run.leaves))
        leaves.save(using=using, force_insert=True)
    return segment


def append_head(cursor: Any, *, after: Head | None, using: str, recovered: Sequence[int] = ()) -> Head:
    """Add a head over the newest segments of everybody, in the open transaction of that alias.

    `recovered` are the first and the last head that a recovery of the database lost.
    """
    number, now = after.number + 1 if after else 1, timezone.now()
    leaves = statements.head_leaves(queries.newest_of_everybody(cursor, number))
    closed = anchors.closed_by(list(Segment.objects.using(using).filter(head=number)))
    statement = statements.written(
        {
            "format": statements.HEAD_FORMAT,
            "number": number,
            "at": statements.moment(now),
            "previous": statements.hash_of(after.statement) if after else statements.NOTHING,
            "size": len(leaves),
            "root": merkle.root(leaves).hex(),
            "closed": digest_of(closed),
            "recovered": list(recovered),
        }
    )
    signature = sign(statement)
    head = Head(number=number, at=now, statement=statement, key_id=signature.key_id, signature=signature.value)
    head.save(using=using, force_insert=True)
    return head


def digest_of(closed: list[list[Any]]) -> str:
    """The hash in a head's statement of the list of segments that came with it; the list itself names tenants."""
    return sha256(json.dumps(closed, separators=(",", ":")).encode()).hexdigest()


def _parsed(at: str) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
