"""The way of the log to one destination: claim it, read a batch, deliver it, move the position (G2).

The position moves in a transaction after the confirmation. A worker that is killed in between has moved nothing, and
the same events come again with the same ids: at least once, in order, and none left out.
"""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.forwarding import gaps, reading
from auditlog.forwarding.actions import FORWARDING_FAILED, FORWARDING_RECOVERED
from auditlog.forwarding.backoff import wait_after
from auditlog.forwarding.delivering import deliver
from auditlog.forwarding.models import FAILING_AFTER, Destination
from auditlog.forwarding.reading import Batch
from auditlog.forwarding.trouble import DeliveryFailed
from auditlog.services import record
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic

# A worker's time at a stretch; what is left then waits for the next minute, so that nobody keeps the others waiting.
STRETCH_SECONDS = 45.0


@dataclass(slots=True)
class _Turn:
    """One batch in hand: whose claim, and what is in it."""

    destination: Destination
    company_code: str
    claim: UUID
    batch: Batch


def forward(destination_id: UUID, *, actor: Actor) -> int:
    """Send what is due to a destination until nothing is left, something fails or the time is up; how many events.

    Call it with no transaction open. While another worker has the destination, or it is not due, nothing happens.
    """
    sent, ends = 0, monotonic() + STRETCH_SECONDS
    while turn := _claim(destination_id):
        if turn.batch.events:
            try:
                deliver(turn.destination, turn.company_code, turn.batch.events)
            except DeliveryFailed as failure:
                _failed(turn, failure, actor=actor)
                break
        if not _confirmed(turn, actor=actor):
            break
        sent += len(turn.batch.events)
        if turn.batch.is_last or monotonic() > ends:
            break
    return sent


@atomic()
def _claim(destination_id: UUID) -> _Turn | None:
    """Take the destination for as long as a delivery can last, and read what comes next."""
    now, company = timezone.now(), current_company()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    found = Destination.objects.select_for_update(skip_locked=True).filter(free, id=destination_id)
    destination = found.filter(active=True, home=F("tenant_id"), next_try_at__lte=now).first()
    if destination is None or company is None or not company.open:
        return None
    destination.claim = uuid4()
    destination.claimed_until = now + timedelta(seconds=3 * settings.FORWARDING_SECONDS)
    anew = reading.begun_anew(destination, reading.horizon()) or {}
    _store(destination, claim=destination.claim, claimed_until=destination.claimed_until, **anew)
    # After failures less at a time: what was too much gets through, and a server that just came back is not overrun.
    batch = reading.next_batch(destination, most=max(1, reading.MOST_EVENTS >> min(destination.failures, 9)))
    return _Turn(destination, company.code, destination.claim, batch)


@atomic()
def _confirmed(turn: _Turn, *, actor: Actor) -> bool:
    """Move the position; False when the destination was changed or taken over meanwhile, and the batch comes again."""
    destination = _still_ours(turn)
    if destination is None:
        return False
    now, count = timezone.now(), len(turn.batch.events)
    gaps.tell(destination, actor=actor)
    values = reading.moved(destination, turn.batch.position, turn.batch.horizon)
    if count:
        if destination.failing_since:
            after = {"failing_since": destination.failing_since.isoformat(), "failures": destination.failures}
            record(FORWARDING_RECOVERED, actor=actor, target=destination, after=after)
        values |= {"failures": 0, "failing_since": None, "trouble": "", "trouble_detail": ""}
        values |= {"delivered_at": now, "delivered": destination.delivered + count}
    _store(destination, **values, claim=None, claimed_until=None, next_try_at=now)
    if turn.batch.is_last:
        _store(destination, backlog=0)
    else:
        _store(destination, backlog=reading.backlog_of(destination))
    return True


@atomic()
def _failed(turn: _Turn, failure: DeliveryFailed, *, actor: Actor) -> None:
    """Try again later. Only the change to failing is recorded, or the log would be full of its own failures."""
    destination = _still_ours(turn)
    if destination is None:
        return
    now, failures = timezone.now(), destination.failures + 1
    values: dict[str, Any] = {
        "failures": failures,
        "failed_at": now,
        "trouble": failure.trouble,
        "trouble_detail": failure.detail,
        "next_try_at": now + wait_after(failures),
        "claim": None,
        "claimed_until": None,
    }
    if failures >= FAILING_AFTER and destination.failing_since is None:
        values["failing_since"] = now
        after = {"trouble": failure.trouble, "detail": failure.detail, "failures": failures}
        record(FORWARDING_FAILED, actor=actor, target=destination, outcome=Outcome.FAILURE, after=after)
    _store(destination, **values)
    _store(destination, backlog=reading.backlog_of(destination))


def _still_ours(turn: _Turn) -> Destination | None:
    return Destination.objects.select_for_update().filter(id=turn.destination.id, claim=turn.claim).first()


def _store(destination: Destination, **values: Any) -> None:
    for name, value in values.items():
        setattr(destination, name, value)
    destination.save(update_fields=list(values))
