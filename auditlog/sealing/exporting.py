"""The export that proves itself: JSON Lines with every event of a period and the seals round it (G2, G7).

docs/audit-proofs.md describes the lines, docs/verify_audit.py checks them. Streamed: each group of segments is read in
a transaction of its own, so that none stays open while somebody takes the bytes, and memory stays flat.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from auditlog.actions import AUDIT_EXPORTED
from auditlog.actors import Actor
from auditlog.sealing import entries, merkle, queries
from auditlog.sealing.canonical import LINE, between, copy_events, id_of, time_of
from auditlog.sealing.keys import published_keys, sign
from auditlog.sealing.models import Segment
from auditlog.sealing.proofs import newest_head_number, prove_newest, signed
from auditlog.sealing.sealer import TOLERANCE
from auditlog.sealing.statements import moment
from auditlog.services import record
from tenants.isolation.context import require_tenant_id, tenant_scope
from tenants.isolation.transactions import current_connection, tenant_transaction

EXPORT_FORMAT = "sekisho-audit-export-1"
_GROUP = 8192  # events that are in memory at a time, about
_HIDDEN = 1000  # leaves in one line


@dataclass(slots=True)
class Export:
    """A period of the log of one tenant, `begin` to before `end`, as lines of bytes.

    `head` is the number of the head by which it is proved: what was sealed later counts as not sealed yet. `total` is
    about how many events there will be, `events` how many there were up to now.
    """

    tenant_id: UUID
    begin: datetime
    end: datetime
    head: int
    total: int = 0
    events: int = 0
    _exported_at: datetime = field(default_factory=timezone.now)

    def __iter__(self) -> Iterator[bytes]:
        """Every line with its end. Enters the tenant by itself, as a streamed response must."""
        digest = sha256()
        for line in self._lines():
            digest.update(line)
            yield line
        signature = sign(f"{EXPORT_FORMAT} {digest.hexdigest()}")
        value = base64.b64encode(signature.value).decode()
        yield _line({"sha256": digest.hexdigest(), "key_id": signature.key_id, "signature": value})

    def _lines(self) -> Iterator[bytes]:
        with tenant_transaction(self.tenant_id):
            declarations = [signed(segment) for segment in queries.declarations_of(self.tenant_id)]
        yield _line(
            {
                "format": EXPORT_FORMAT,
                "tenant": str(self.tenant_id),
                "from": moment(self.begin),
                "to": moment(self.end),
                "exported_at": moment(self._exported_at),
                "keys": published_keys(),
                "declarations": declarations,
            }
        )
        before = self._before()
        while group := self._group(before):
            yield from self._lines_of(group, before)
            before = group[-1]
        yield from self._unsealed(before)
        with tenant_scope(None):
            newest = prove_newest(self.tenant_id, self.head)
        yield _line({"head": newest, "events": self.events})

    def _before(self) -> Segment | None:
        """The segment before the first of the export. No earlier one can hold an event of the period."""
        with tenant_transaction(self.tenant_id):
            earlier = self._segments().filter(sealed_at__lt=self.begin - TOLERANCE).last()
            return self._segments().filter(seq=earlier.seq - 1).first() if earlier else None

    def _group(self, before: Segment | None) -> list[Segment]:
        """The next segments, up to the first that was sealed so late that no event of the period can follow it."""
        group: list[Segment] = []
        with tenant_transaction(self.tenant_id):
            if before and self._is_last(before):
                return []
            seq = before.seq if before else 0
            for segment in self._segments().filter(seq__gt=seq)[:500]:
                group.append(segment)
                if self._is_last(segment) or sum(one.count for one in group if self._shows(one)) >= _GROUP:
                    break
        return group

    def _segments(self) -> QuerySet[Segment]:
        return queries.segments_of(self.tenant_id).filter(head__lte=self.head)

    def _is_last(self, segment: Segment) -> bool:
        if segment.sealed_at < self.end + TOLERANCE or not json.loads(segment.statement)["caught_up"]:
            return False
        later = self._segments().filter(seq__gt=segment.seq)
        return not _touching(later, self.begin, self.end).exists()

    def _shows(self, segment: Segment) -> bool:
        return bool(
            segment.first_at and segment.last_at and segment.first_at < self.end and segment.last_at >= self.begin
        )

    def _lines_of(self, group: Sequence[Segment], before: Segment | None) -> list[bytes]:
        with tenant_transaction(self.tenant_id), current_connection().cursor() as cursor:
            leaves = queries.leaves_of([segment for segment in group if self._shows(segment)])
            lines = []
            for segment in group:
                shown = segment.seq in leaves
                lines.append(_line(signed(segment) | {"shown": shown}))
                if shown:
                    chosen = between(self.tenant_id, queries.place_after(before), queries.place_after(segment))
                    lines += self._events_of(list(copy_events(cursor, LINE, chosen)), leaves[segment.seq])
                before = segment
        return lines

    def _events_of(self, found: Sequence[bytes], leaves: bytes) -> Iterator[bytes]:
        """The events of a segment in their order; of those outside of the period or expired, the leaf alone."""
        present = {id_of(line): line for line in found if self._within(line)}
        hidden: list[str] = []
        for leaf in entries.split(leaves):
            entry = entries.read(leaf)
            line = present.pop(entry.id, None)
            if line is None:
                hidden.append(leaf.hex())
                if len(hidden) < _HIDDEN:
                    continue
            if hidden:
                yield _line({"hidden": hidden})
                hidden = []
            if line is not None:
                yield self._event(line, entry.day, entry.days, merkle.leaf_hash(leaf))
        if hidden:
            yield _line({"hidden": hidden})
        for line in present.values():  # never sealed, and in the log all the same: the check will say so
            yield self._event(line, 0, 0, b"")

    def _event(self, line: bytes, day: int, days: int, leaf: bytes) -> bytes:
        self.events += 1
        return b'{"leaf":"%s","day":%d,"days":%d,"event":%s}\n' % (leaf.hex().encode(), day, days, line)

    def _unsealed(self, last: Segment | None) -> Iterator[bytes]:
        """The events of the last moments, which the sealer has not reached yet."""
        with tenant_transaction(self.tenant_id), current_connection().cursor() as cursor:
            if last != self._segments().last():
                return
            chosen = between(self.tenant_id, queries.place_after(last))
            lines = [line for line in copy_events(cursor, LINE, chosen) if self._within(line)]
        for line in lines:
            self.events += 1
            yield b'{"unsealed":%s}\n' % line

    def _within(self, line: bytes) -> bool:
        return moment(self.begin) <= time_of(line) < moment(self.end)


def open_export(begin: datetime, end: datetime) -> Export:
    """The export of a period of the log of the tenant in scope, in the open transaction. Its caller records it."""
    tenant_id = require_tenant_id()
    export = Export(tenant_id, begin, end, newest_head_number())
    touching = _touching(queries.segments_of(tenant_id), begin, end)
    export.total = sum(touching.values_list("count", flat=True))
    return export


def export_log(begin: datetime, end: datetime, *, actor: Actor) -> Export:
    """The same for somebody to whom it goes at once: recorded."""
    export = open_export(begin, end)
    period = {"from": begin.astimezone(UTC).isoformat(), "to": end.astimezone(UTC).isoformat(), "format": "jsonl"}
    record(AUDIT_EXPORTED, actor=actor, after=period)
    return export


def _touching(segments: QuerySet[Segment], begin: datetime, end: datetime) -> QuerySet[Segment]:
    return segments.filter(first_at__lt=end, last_at__gte=begin)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
