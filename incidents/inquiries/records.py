"""What operators do to an inquiry is in two logs: the company's own, and the provider's (A14, G10)."""

from typing import Any

from accounts.staff.records import as_operator
from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.inquiries.models import Inquiry
from tenants.isolation.directory import current_company, provider_company
from tenants.isolation.transactions import tenant_transaction


def facts_of(inquiry: Inquiry, **more: Any) -> dict[str, Any]:
    """What the audit log says of an inquiry: never what is written in it."""
    return {"number": inquiry.reference, "kind": inquiry.kind, "priority": inquiry.priority, **more}


def record_in_both(
    action: Action,
    inquiry: Inquiry,
    *,
    actor: Actor,
    outcome: Outcome = Outcome.SUCCESS,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Record an operator's act, in the open transaction. In the company's scope."""
    record(action, actor=as_operator(actor), target=inquiry, outcome=outcome, before=before, after=after)
    record_at_provider(action, inquiry, actor=actor, outcome=outcome, before=before, after=after)


def record_at_provider(
    action: Action,
    inquiry: Inquiry,
    *,
    actor: Actor,
    outcome: Outcome = Outcome.SUCCESS,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """The event in the provider's log alone. In the company's scope."""
    provider, company = provider_company(), current_company()
    if provider is None or company is None or company.is_provider:
        return
    target = Target(Inquiry._meta.label_lower, str(inquiry.id), f"{company.code}: {inquiry}")
    with tenant_transaction(provider.tenant_id):
        record(action, actor=actor, target=target, outcome=outcome, before=before, after=after)
