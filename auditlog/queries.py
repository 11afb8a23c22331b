"""Reads of the audit log. Every list is bounded by time, so that the database opens few partitions (G2)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from auditlog.actions import Action
from auditlog.models import AuditEvent
from auditlog.spans import Span

PAGE_SIZE = 50
# An event gets its key and its time in the same moment; a key tells its time (UUIDv7), and so the partition.
_CLOCK_SLACK = timedelta(minutes=1)
_INSTANT = timedelta(microseconds=1)


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
    """A page of events, newest first, with the places from which to go on in both directions.

    `reached` is the moment up to which was looked, if time was up before the end of the span.
    """

    events: list[AuditEvent]
    newer: Position | None
    older: Position | None
    reached: datetime | None = None


def events() -> QuerySet[AuditEvent]:
    """Every event of the tenant. Bound it by `at` before it goes to the database."""
    return AuditEvent.objects.order_by("-at", "-id")


def events_by(account_id: UUID, user_id: str) -> QuerySet[AuditEvent]:
    """What an account did. Its user ID leads to it (there is no index on keys), the key tells it from a namesake."""
    return events().filter(actor_user_id=user_id, actor_id=account_id)


def events_about(account_id: UUID, user_id: str) -> QuerySet[AuditEvent]:
    """What an account did, and what was done to it."""
    return events().filter(Q(actor_user_id=user_id, actor_id=account_id) | Q(target_id=str(account_id)))


def events_of_days(chosen: QuerySet[AuditEvent], days: int) -> QuerySet[AuditEvent]:
    """Those of the last days."""
    return chosen.filter(at__gte=timezone.now() - timedelta(days=days))


def newest_before_session(
    action: Action, *, account_id: UUID, user_id: str, session_id: UUID, days: int = 90
) -> AuditEvent | None:
    """The newest such event of an account that was not in that session."""
    earlier = events_of_days(events_by(account_id, user_id), days).filter(action=action.code)
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
    span: Span | None = None,
    before: Position | None = None,
    after: Position | None = None,
    size: int = PAGE_SIZE,
) -> EventPage:
    """A page of the chosen events: the newest ones, those before a place, or those after it.

    By key, not by number: the hundredth page costs as much as the first, and nothing slips while events are added.
    A `span` is looked through in steps, and perhaps not to its end (`auditlog.spans`).
    """
    if after is not None:
        chosen = chosen.filter(Q(at__gt=after.at) | Q(at=after.at, id__gt=after.id), at__gte=after.at)
        chosen = chosen.order_by("at", "id")
        span = span and Span(max(span.since, after.at), span.until)
    elif before is not None:
        chosen = chosen.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.id), at__lte=before.at)
        span = span and Span(span.since, min(span.until, before.at + _INSTANT))
    found, reached = _looked_through(chosen, span, forward=after is not None, wanted=size + 1)
    shown, goes_on = found[:size], _going_on(found, reached, size)
    if after is not None:
        shown.reverse()
        return EventPage(shown, goes_on, Position.of(shown[-1]) if shown else None, reached)
    return EventPage(shown, Position.of(shown[0]) if shown and before else None, goes_on, reached)


def _looked_through(
    chosen: QuerySet[AuditEvent], span: Span | None, *, forward: bool, wanted: int
) -> tuple[list[AuditEvent], datetime | None]:
    """The first events that are wanted, and the moment up to which was looked if that was not the end."""
    if span is None:
        return list(chosen[:wanted]), None
    found: list[AuditEvent] = []
    end = span.until if forward else span.since
    reached = None
    for part in span.steps(forward=forward):
        found += chosen.filter(at__gte=part.since, at__lt=part.until)[: wanted - len(found)]
        reached = part.until if forward else part.since
        if len(found) == wanted:
            return found, None
    return found, reached if reached != end else None


def _going_on(found: list[AuditEvent], reached: datetime | None, size: int) -> Position | None:
    """The place from which to go on in the same direction."""
    if len(found) > size:
        return Position.of(found[size - 1])
    return Position(reached, UUID(int=0)) if reached else None
