"""Plans of erasures: once, never of the provider, taken back only before anything has begun (R1)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from retention.erasure.models import Erasure, ErasureState, Ground
from retention.erasure.queries import due_erasures, erasure_of, overdue_erasures
from retention.erasure.services import plan_erasure, withdraw_erasure
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
ACTOR = Actor.system("tests")


def plan(tenant: Tenant, *, days: float = 22) -> Erasure:
    """As a cancellation plans it."""
    begin_at = timezone.now() + timedelta(days=days)
    return plan_erasure(
        tenant,
        ground=Ground.CANCELLATION,
        ground_id=None,
        begin_at=begin_at,
        due_at=begin_at + timedelta(days=8),
        actor=ACTOR,
    )


def test_a_plan_is_made_once_and_can_be_taken_back(provider: Tenant, acme: Tenant) -> None:
    """R1: planned in both logs, never twice; withdrawn it makes room for another one; begun it stays."""
    erasure = plan(acme)
    for tenant, days in ((provider, 22), (acme, 22), (acme, -30)):
        with pytest.raises(ValidationError):
            plan(tenant, days=days)
    assert erasure_of(acme.id) == erasure
    assert due_erasures() == []
    assert due_erasures(erasure.begin_at) == [erasure]
    assert overdue_erasures(erasure.due_at - timedelta(seconds=1)) == []
    assert overdue_erasures(erasure.due_at) == [erasure]

    withdraw_erasure(erasure.id, actor=ACTOR)
    assert erasure_of(acme.id) is None
    assert due_erasures(erasure.due_at) == []
    again = plan(acme)
    with platform_transaction():
        Erasure.objects.filter(id=again.id).update(state=ErasureState.RUNNING)
    with pytest.raises(ValidationError):
        withdraw_erasure(again.id, actor=ACTOR)

    for place in (acme, provider):
        with tenant_transaction(place.id):
            found = AuditEvent.objects.filter(action__startswith="erasure.").order_by("id")
            assert [event.action for event in found] == ["erasure.planned", "erasure.withdrawn", "erasure.planned"]
