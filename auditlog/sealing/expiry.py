"""From which day on an event may be gone: as its leaf says, or as its company declared later (G5, G7).

A leaf is sealed with the retention class of its time. A company that goes over to another class declares so in its
chain. The declaration holds for every event of its day and before that had not reached its end by then. Both ways
count: what may go earlier is no finding, and what is to stay longer is missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from auditlog.sealing import queries
from auditlog.sealing.entries import Entry, day_of, number_of
from auditlog.sealing.findings import Broken, FindingKind
from auditlog.sealing.keys import is_signed
from auditlog.sealing.statements import SEGMENT_FORMAT, read


@dataclass(frozen=True, slots=True)
class Declaration:
    """On a day, in days since 1970: all events up to now are kept for `days`."""

    on: int
    days: int


@dataclass(frozen=True, slots=True)
class Expiry:
    """What may be gone of a tenant's log today."""

    today: int
    declarations: Sequence[Declaration]

    @classmethod
    def of(cls, tenant_id: UUID) -> "Expiry":
        """By what the chain of a tenant declares. Raises Broken for a declaration that we did not sign."""
        return cls(number_of(timezone.now().date()), declarations_of(tenant_id))

    def allows(self, entry: Entry) -> bool:
        """Whether the event of a leaf may be gone."""
        return self._due(entry.day, entry.expires) <= self.today

    def allows_all(self, segment: dict[str, Any]) -> bool:
        """Whether all events of a segment may be gone, by its statement."""
        if not segment["count"]:
            return True
        newest = number_of(datetime.fromisoformat(segment["last_at"]).date())
        return self._due(newest, segment["expires"]) <= self.today

    def day_of(self, entry: Entry) -> date:
        """The first day on which the event of a leaf may be gone."""
        return day_of(self._due(entry.day, entry.expires))

    def _due(self, day: int, expires: int) -> int:
        return due(day, expires, self.declarations)


def due(day: int, expires: int, declarations: Iterable[Declaration]) -> int:
    """The first day on which an event of that day may be gone, whose leaf says `expires`."""
    for declaration in declarations:
        if day <= declaration.on < expires:
            expires = day + declaration.days
    return expires


def declarations_of(tenant_id: UUID) -> list[Declaration]:
    """What the chain of a tenant declares, oldest first. Raises Broken for one that we did not sign."""
    found = []
    for segment in queries.declarations_of(tenant_id):
        if not is_signed(segment.statement, segment.key_id, bytes(segment.signature)):
            raise Broken(FindingKind.SEGMENT_FORGED, f"Segment {segment.seq} is not one that we signed.")
        statement = read(segment.statement, SEGMENT_FORMAT)
        if (statement["tenant"], statement["keeps"]) != (str(tenant_id), segment.keeps):
            raise Broken(FindingKind.SEGMENT_FORGED, f"Segment {segment.seq} declares something else.")
        on = number_of(datetime.fromisoformat(statement["sealed_at"]).date())
        found.append(Declaration(on, statement["keeps"]))
    return found
