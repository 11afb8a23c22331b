"""Reads of the audit log. Every list is bounded by time, so that the database opens few partitions (G2)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from auditlog.actions import Action
from auditlog.models import AuditEvent

PAGE_SIZE = 50
# An event gets its key and its time in the same moment; a key tells its time (UUIDv7), and so the partition.
_CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the order of the log: newest first, and by key among events of one moment."""

    at: datetime
    id: UUID

    @classmethod
    def of(cls, event: AuditEvent) -> "Position":
        """Where an event is."""
        return cls(event.at, event.id)

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """The place that an address names; None if it names none."""
        moment, _separator, key = text.partition("_")
        try:
            at, id_ = datetime.fromisoformat(moment), UUID(hex=key)
        except ValueError:
            return None
        return cls(at, id_) if at.tzinfo else None

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}_{self.id.hex}"


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events, newest first, with the places from which to go on in both directions."""

    events: list[AuditEvent]
    newer: Position | None
    older: Position | None


def events() -> QuerySet[AuditEvent]:
    """Every event of the tenant. Bound it by `at` before it goes to the database."""
    return AuditEvent.objects.order_by("-at", "-id")


def events_about(account_id: UUID) -> QuerySet[AuditEvent]:
    """What an account did, and what was done to it."""
    return events().filter(Q(actor_id=account_id) | Q(target_id=str(account_id)))


def events_of_days(chosen: QuerySet[AuditEvent], days: int) -> QuerySet[AuditEvent]:
    """Those of the last days."""
    return chosen.filter(at__gte=timezone.now() - timedelta(days=days))


def newest_before_session(action: Action, *, actor_id: UUID, session_id: UUID, days: int = 90) -> AuditEvent | None:
    """The newest such event of an account that was not in that session."""
    earlier = events_of_days(events(), days).filter(actor_id=actor_id, action=action.code)
    return earlier.exclude(session_id=session_id).first()


def find_event(id: UUID) -> AuditEvent | None:  # noqa: A002 - it is the id
    """The event of that key in this tenant."""
    if id.version != 7:
        return None
    try:
        made = datetime.fromtimestamp((id.int >> 80) / 1000, UTC)
        period = (made - _CLOCK_SLACK, made + _CLOCK_SLACK)
    except (OverflowError, ValueError):
        return None  # a key from beyond the calendar
    return events().filter(at__range=period, id=id).first()


def page_of(
    chosen: QuerySet[AuditEvent],
    *,
    before: Position | None = None,
    after: Position | None = None,
    size: int = PAGE_SIZE,
) -> EventPage:
    """A page of the chosen events: the newest ones, those before a place, or those after it.

    By key, not by number: the hundredth page costs as much as the first, and nothing slips while events are added.
    """
    if after is not None:
        newer = chosen.filter(Q(at__gt=after.at) | Q(at=after.at, id__gt=after.id), at__gte=after.at)
        found = list(newer.order_by("at", "id")[: size + 1])
        more, shown = len(found) > size, found[:size][::-1]
        return _page(shown, newer=more, older=bool(shown))
    if before is not None:
        chosen = chosen.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.id), at__lte=before.at)
    found = list(chosen[: size + 1])
    shown = found[:size]
    return _page(shown, newer=before is not None and bool(shown), older=len(found) > size)


def _page(shown: list[AuditEvent], *, newer: bool, older: bool) -> EventPage:
    return EventPage(
        shown,
        newer=Position.of(shown[0]) if newer else None,
        older=Position.of(shown[-1]) if older else None,
    )
