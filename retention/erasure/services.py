"""Planning an erasure, taking the plan back, carrying it out (R1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.staff.records import as_operator
from auditlog.actions import Action
from auditlog.actors import Actor
from auditlog.services import record
from retention.erasure.actions import ERASURE_PLANNED, ERASURE_WITHDRAWN
from retention.erasure.models import Erasure, ErasureState, Ground
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant


def plan_erasure(
    tenant: Tenant, *, ground: Ground, ground_id: UUID | None, begin_at: datetime, due_at: datetime, actor: Actor
) -> Erasure:
    """Plan that everything of a company goes: from `begin_at` on, and proven by `due_at` at the latest.

    In the transaction of the platform role that is open, or in one of its own. Raises ValidationError for the provider,
    for a company that is erased or is to be already, and for an end before the beginning.
    """
    if tenant.is_provider:
        raise ValidationError(_("The provider itself cannot be erased."), code="provider")
    if due_at < begin_at:
        raise ValidationError(_("An erasure cannot be due before it begins."), code="dates")
    with platform_transaction():
        tenant = Tenant.objects.select_for_update().get(id=tenant.id)
        known = Erasure.objects.filter(tenant_id=tenant.id).exclude(state=ErasureState.WITHDRAWN)
        if tenant.state == State.ERASED or known.exists():
            raise ValidationError(_("The erasure of this company is planned already, or done."), code="planned")
        erasure = Erasure.objects.create(
            tenant_id=tenant.id, ground=ground, ground_id=ground_id, begin_at=begin_at, due_at=due_at
        )
        after = {"ground": ground, "begin_at": begin_at.isoformat(), "due_at": due_at.isoformat()}
        record_in_both(ERASURE_PLANNED, tenant, actor=actor, after=after)
    return erasure


def withdraw_erasure(erasure_id: UUID, *, actor: Actor) -> Erasure:
    """Take a plan back, while nothing has begun. Raises ValidationError afterwards."""
    with platform_transaction():
        erasure = Erasure.objects.select_for_update().get(id=erasure_id)
        if erasure.state != ErasureState.PLANNED:
            raise ValidationError(_("This erasure has begun, or was withdrawn already."), code="begun")
        erasure.state = ErasureState.WITHDRAWN
        erasure.save(update_fields=["state"])
        record_in_both(ERASURE_WITHDRAWN, Tenant.objects.get(id=erasure.tenant_id), actor=actor, after={})
    return erasure


def record_in_both(action: Action, tenant: Tenant, *, actor: Actor, after: dict[str, Any]) -> None:
    """In the company's own log and in the provider's, in the transaction of the platform role that is open."""
    provider = provider_company()
    for place in {tenant.id, provider.tenant_id if provider else tenant.id}:
        with tenant_scope(place):
            record(action, actor=as_operator(actor), target=tenant, after=after)
