"""Every step of an access is in two logs: the company's own, and the provider's with a link to it (A14, G10)."""

from dataclasses import replace
from typing import Any

from accounts.staff.models import StaffAccess
from auditlog.actions import Action, Outcome
from auditlog.actors import Actor, ActorKind
from auditlog.services import Target, record
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import tenant_transaction


def as_operator(actor: Actor) -> Actor:
    """The provider's users are operators to everybody else."""
    return replace(actor, kind=ActorKind.OPERATOR) if actor.kind == ActorKind.USER else actor


def link_of(access: StaffAccess, company_code: str) -> Target:
    """The access as the provider's log names it."""
    return Target(StaffAccess._meta.label_lower, str(access.id), f"{company_code}: {access}")


def record_at_provider(
    action: Action,
    access: StaffAccess,
    *,
    company_code: str,
    actor: Actor,
    outcome: Outcome = Outcome.SUCCESS,
    after: dict[str, Any] | None = None,
) -> None:
    """The linked event in the provider's log, in the transaction that is open."""
    provider = provider_company()
    if provider is not None:
        with tenant_transaction(provider.tenant_id):
            record(action, actor=actor, target=link_of(access, company_code), outcome=outcome, after=after)
