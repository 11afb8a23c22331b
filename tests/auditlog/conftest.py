"""What the tests of the audit log share."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone, translation

from auditlog.actions import ACCESS_DENIED, Action
from auditlog.actors import Actor, ActorKind
from auditlog.models import AuditEvent
from auditlog.services import Target
from tenants.isolation.models import new_id
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

SOMEBODY = Actor(ActorKind.USER, "erin", "Erin", new_id())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Texts are compared in English; pages speak the language of their reader."""
    with translation.override("en"):
        yield


def write(
    tenant: Tenant,
    *,
    at: datetime | None = None,
    action: Action = ACCESS_DENIED,
    actor: Actor = SOMEBODY,
    label: str = "",
    outcome: str = "success",
) -> AuditEvent:
    """One event of that time, past the service, which knows only now."""
    with tenant_transaction(tenant.id):
        return AuditEvent.objects.create(
            at=at or timezone.now(),
            kind=action.kind,
            action=action.code,
            outcome=outcome,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_user_id=actor.user_id,
            actor_name=actor.name,
            target_label=label,
            target_type=Target("page").type,
        )
