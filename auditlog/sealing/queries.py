"""Reads of segments and heads. Those of one tenant need its scope or the platform's, heads the platform's."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from auditlog.sealing.canonical import Place
from auditlog.sealing.models import Head, Leaves, Segment
from auditlog.sealing.statements import hash_of
from tenants.isolation.placement import current_alias

# One step into an index for each tenant that has a chain, however long the chains are.
_NEWEST = """
    SELECT newest.* FROM sealing_segment AS first CROSS JOIN LATERAL (
        SELECT tenant_id, seq, statement FROM sealing_segment AS one
        WHERE one.tenant_id = first.tenant_id AND one.head <= %s ORDER BY one.head DESC, one.seq DESC LIMIT 1
    ) AS newest WHERE first.seq = 1
"""


def segments_of(tenant_id: UUID, *, using: str | None = None) -> QuerySet[Segment]:
    """The chain of a tenant, oldest first."""
    return Segment.objects.using(using or current_alias()).filter(tenant_id=tenant_id).order_by("seq")


def newest_segment(tenant_id: UUID, *, using: str | None = None) -> Segment | None:
    """The end of a tenant's chain."""
    return segments_of(tenant_id, using=using).last()


def declarations_of(tenant_id: UUID) -> QuerySet[Segment]:
    """The segments of a chain that declare another retention class, oldest first."""
    return segments_of(tenant_id).filter(keeps__isnull=False)


def has_caught_up(segment: Segment | None) -> bool:
    """Whether a chain that ends like this had once come up to the present, so that nothing old can follow."""
    return segment is not None and segment.end_transaction > 0 and segment.end_at is None


def place_after(segment: Segment | None) -> Place:
    """Where the events begin that come after a segment."""
    return (segment.end_transaction, segment.end_at) if segment else (0, None)


def leaves_of(segments: Iterable[Segment]) -> dict[int, bytes]:
    """The leaves of some segments of the tenant in scope, by the number of the segment."""
    found = Leaves.objects.filter(seq__in=[segment.seq for segment in segments])
    return {seq: bytes(entries) for seq, entries in found.values_list("seq", "entries")}


def newest_head(*, using: str | None = None) -> Head | None:
    """The newest head."""
    return Head.objects.using(using or current_alias()).order_by("number").last()


def newest_of_everybody(cursor: Any, head: int) -> list[tuple[UUID, int, str]]:
    """Of each tenant the newest segment that a head covers: number and hash."""
    cursor.execute(_NEWEST, [head])
    return [(tenant_id, seq, hash_of(statement)) for tenant_id, seq, statement in cursor.fetchall()]
