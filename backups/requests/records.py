"""Each step of a restore of a whole company is in two logs: the company's own, and the provider's (A14, G10)."""

from typing import Any

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record
from backups.requests.models import RestoreKind, RestoreRequest
from tenants.isolation.directory import current_company, provider_company
from tenants.isolation.transactions import tenant_transaction


def facts_of(request: RestoreRequest, **more: Any) -> dict[str, Any]:
    """What the audit log says of a request."""
    facts: dict[str, Any] = {
        "kind": request.kind,
        "backup": str(request.archive_id),
        "snapshot_at": request.snapshot_at.isoformat(),
    }
    if request.kind == RestoreKind.COMPANY:
        facts["new_company_code"] = request.company_code
    else:
        facts["chosen"] = request.label
    return facts | more


def record_at_provider(
    action: Action,
    request: RestoreRequest,
    *,
    actor: Actor,
    outcome: Outcome = Outcome.SUCCESS,
    after: dict[str, Any] | None = None,
) -> None:
    """The linked event in the provider's log, for a whole company, in the open transaction. In the company's scope."""
    provider, company = provider_company(), current_company()
    if request.kind != RestoreKind.COMPANY or provider is None or company is None or company.is_provider:
        return
    target = Target(RestoreRequest._meta.label_lower, str(request.id), f"{company.code}: {request}")
    with tenant_transaction(provider.tenant_id):
        record(action, actor=actor, target=target, outcome=outcome, after=after)
