"""Writing to the audit log: `record()` in the transaction of the change itself (G1, G10)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.inserting import insert
from auditlog.masking import masked, masked_forms
from auditlog.models import AuditEvent
from auditlog.recording.queries import is_captured
from tenants.isolation.context import current_tenant_id
from tenants.isolation.transactions import tenant_transaction

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """What was acted upon; the label is kept as text, so that it outlives the thing."""

    type: str
    id: str = ""
    label: str = ""

    @classmethod
    def of(cls, row: models.Model) -> "Target":
        """The target that a row of the product is."""
        return cls(row._meta.label_lower, str(row.pk), str(row))


def record(
    action: Action,
    *,
    actor: Actor,
    target: Target | models.Model | None = None,
    outcome: Outcome = Outcome.SUCCESS,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    key: UUID | None = None,
) -> AuditEvent:
    """Write one event for the tenant in scope, in the transaction that is open.

    `key` is the id of the event where it had to be known before: a time-ordered one, made a moment ago.
    `before` and `after` hold the changed fields; secrets in them are masked at every depth. Raises NoTenant without a
    tenant. An event is never changed afterwards: the database refuses it. One of a kind that the tenant does not
    capture (G4) comes back unsaved.
    """
    event = _event(action, actor=actor, target=target, outcome=outcome, before=before, after=after)
    if key is not None:
        event.id = key
    if outcome is Outcome.DENIED:
        current_origin().refusal_recorded = True
    if is_captured(action.kind):
        insert(event)
    return event


def record_many(action: Action, *, actor: Actor, entries: Iterable[tuple[models.Model, dict[str, Any]]]) -> int:
    """Write one event for each row that a bulk deed touched, with what was set in it; returns how many.

    None, where the tenant does not capture the kind (G4).
    """
    if not is_captured(action.kind):
        return 0
    events = [
        _event(action, actor=actor, target=row, outcome=Outcome.SUCCESS, before=None, after=after)
        for row, after in entries
    ]
    AuditEvent.objects.bulk_create(events, batch_size=_BATCH)
    return len(events)


def _event(
    action: Action,
    *,
    actor: Actor,
    target: Target | models.Model | None,
    outcome: Outcome,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> AuditEvent:
    if not isinstance(target, Target):
        target = Target.of(target) if target is not None else Target("")
    where = current_origin()
    return AuditEvent(
        kind=action.kind,
        action=action.code,
        outcome=outcome,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_user_id=_clean(actor.user_id, 150),
        actor_name=_clean(actor.name, 150),
        ip=where.ip,
        user_agent=_clean(where.user_agent, 400),
        session_id=where.session_id,
        request_id=_clean(where.request_id, 64),
        target_type=target.type,
        target_id=target.id[:80],
        target_label=_clean(masked_forms(target.label), 400),
        before=masked(before),
        after=masked(after),
    )


def record_apart(action: Action, *, actor: Actor, tenant_id: UUID | None = None, **details: Any) -> None:
    """Write one event in a transaction of its own, for what must outlive a rollback (a refusal, a denied access).

    Call it with no transaction open; inside one, hand `outliving()` to `after_request()` instead.
    """
    with tenant_transaction(tenant_id or current_tenant_id()):
        record(action, actor=actor, **details)


def outliving(action: Action, *, actor: Actor, **details: Any) -> Callable[[], None]:
    """The same as `record_apart`, to be called later for the tenant that is in scope now."""
    tenant_id = current_tenant_id()
    return lambda: record_apart(action, actor=actor, tenant_id=tenant_id, **details)


def _clean(text: str, length: int) -> str:
    """Text without characters that could forge or reorder lines in a log (line ends, escapes, direction marks)."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return text[:length]
