"""The proof of one event: its line, its way to the root of its segment, and the way from there into a head (G7)."""

import base64
from typing import Any
from uuid import UUID

from django.db.models import Q
from psycopg import sql

from auditlog.models import AuditEvent
from auditlog.sealing import entries, merkle, queries
from auditlog.sealing.canonical import LINE, SEPARATOR, copy_events
from auditlog.sealing.keys import published_keys
from auditlog.sealing.models import Head, Segment
from auditlog.sealing.statements import head_leaves
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import current_connection, platform_transaction

PROOF_FORMAT = "sekisho-audit-proof-1"

Signed = dict[str, Any]


def prove_event(event: AuditEvent) -> dict[str, Any]:
    """Everything that somebody without access to us needs to check one event of the tenant in scope.

    `sealed` is False for an event of the last moments, which has no proof yet, and for one that the seals do not know.
    """
    transaction, line = _sealed_form(event)
    proof: dict[str, Any] = {"format": PROOF_FORMAT, "sealed": False, "line": line.decode()}
    segment = _segment_of(transaction, event)
    leaves = queries.leaves_of([segment]).get(segment.seq, b"") if segment else b""
    position = entries.position_of(leaves, event.id)
    if segment is None or position is None:
        return proof
    entry, hashes = entries.read(entries.split(leaves)[position]), entries.leaf_hashes(leaves)
    following = consistency(segment)
    return proof | {
        "sealed": True,
        "day": entry.day,
        "days": entry.days,
        "position": position,
        "path": [step.hex() for step in merkle.audit_path(position, hashes)],
        "segment": signed(segment),
        "following": [signed(one) for one in following],
        "head": prove_newest(segment.tenant_id, segment.head),
        "keys": published_keys(),
    }


def consistency(segment: Segment) -> list[Segment]:
    """The segments after one, up to the one that the first head over it names: each names the one before it."""
    return list(queries.segments_of(segment.tenant_id).filter(seq__gt=segment.seq, head=segment.head))


def prove_newest(tenant_id: UUID, number: int | None = None) -> Signed | None:
    """A head, the newest if none is named, and the proof of which segment was the tenant's newest then.

    The proof shows hashes of other tenants, and about how many there are, to the next power of two. None while no head
    covers a segment of the tenant.
    """
    with platform_transaction(), current_connection().cursor() as cursor:
        chosen = Head.objects.order_by("number")
        head = chosen.last() if number is None else chosen.filter(number=number).first()
        newest = sorted(queries.newest_of_everybody(cursor, head.number)) if head else []
    position = next((place for place, (owner, _seq, _hash) in enumerate(newest) if owner == tenant_id), None)
    if head is None or position is None:
        return None
    path = merkle.audit_path(position, head_leaves(newest))
    _owner, seq, hash_ = newest[position]
    return signed(head) | {"position": position, "path": [step.hex() for step in path], "seq": seq, "hash": hash_}


def newest_head_number() -> int:
    """The number of the newest head, 0 before the first."""
    with platform_transaction():
        head = queries.newest_head()
    return head.number if head else 0


def signed(row: Segment | Head) -> Signed:
    """A statement with its signature, for JSON."""
    signature = base64.b64encode(bytes(row.signature)).decode()
    return {"statement": row.statement, "key_id": row.key_id, "signature": signature}


def _sealed_form(event: AuditEvent) -> tuple[int, bytes]:
    condition = sql.SQL("tenant_id = {} AND at = {} AND id = {}").format(
        sql.Literal(require_tenant_id()), sql.Literal(event.at), sql.Literal(event.id)
    )
    with current_connection().cursor() as cursor:
        (row,) = copy_events(cursor, f"transaction_id, {LINE}", condition)
    transaction, line = row.split(SEPARATOR, 1)
    return int(transaction), line


def _segment_of(transaction: int, event: AuditEvent) -> Segment | None:
    """The first segment that ends after the event."""
    after = Q(end_transaction__gt=transaction) | Q(end_transaction=transaction, end_at__gt=event.at)
    return queries.segments_of(event.tenant_id).filter(after, end_transaction__gte=transaction).first()
