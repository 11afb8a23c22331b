"""What an erasure leaves in the audit logs: the company's own while there is one, and the provider's (G10, R1)."""

from typing import Any

from accounts.staff.records import as_operator
from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import record
from retention.erasure.working import Work
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company


def record_at_provider(
    action: Action, work: Work, *, actor: Actor, after: dict[str, Any], outcome: Outcome = Outcome.SUCCESS
) -> None:
    """In the provider's log alone, which names the company by its id and its code from now on; in the same way."""
    if provider := provider_company():
        with tenant_scope(provider.tenant_id):
            record(action, actor=as_operator(actor), target=work.target, outcome=outcome, after=after)
