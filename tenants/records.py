"""What the provider does to a company stands in two audit logs: the company's own and the provider's (G1, G10)."""

from typing import Any

from accounts.staff.records import as_operator
from auditlog.actions import Action
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company
from tenants.models import State, Tenant


def record_in_both(action: Action, tenant: Tenant, *, actor: Actor, after: dict[str, Any]) -> None:
    """Write one event into each log, in the open transaction of the platform role; an erased company has no log."""
    provider = provider_company()
    own = set() if provider and tenant.state == State.ERASED else {tenant.id}
    for place in own | ({provider.tenant_id} if provider else set()):
        with tenant_scope(place):
            record(action, actor=as_operator(actor), target=tenant, after=after)
