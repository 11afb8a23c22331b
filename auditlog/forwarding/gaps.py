"""What ran out by retention before it could be sent is lost to the destination, and said so (G5)."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.forwarding.actions import FORWARDING_GAP
from auditlog.forwarding.models import Destination
from auditlog.models import AuditEvent, RetentionClass
from auditlog.services import record

_DAYS = {RetentionClass.D30: 30, RetentionClass.D180: 180, RetentionClass.Y7: 7 * 365}


def tell(destination: Destination, *, actor: Actor) -> None:
    """Record, once a day at most, that events which nobody had sent yet may have run out since the last delivery.

    May have: what is gone cannot be counted. Told for each class of which the company has events.
    """
    today = datetime.combine(timezone.now().astimezone(UTC).date(), time.min, UTC)
    told = max(filter(None, (destination.position_at, destination.gap_until)))
    edges = {choice: today - timedelta(days=days) for choice, days in _DAYS.items()}
    lost = {choice: edge for choice, edge in edges.items() if told < edge and _has_events(choice)}
    if not lost:
        return
    until = max(lost.values())
    after = {
        "from": told.isoformat(),
        "until": {choice.value: edge.isoformat() for choice, edge in lost.items()},
    }
    record(FORWARDING_GAP, actor=actor, target=destination, outcome=Outcome.FAILURE, after=after)
    destination.gap_until = until
    destination.save(update_fields=["gap_until"])


def _has_events(choice: RetentionClass) -> bool:
    return AuditEvent.objects.filter(retention_class=choice).exists()
