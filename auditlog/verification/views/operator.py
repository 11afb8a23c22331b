"""Whether any log was changed, for operators (G7)."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog.verification import queries
from auditlog.verification.models import VerificationRun
from auditlog.verification.tables import TenantProofTable
from tenants.models import State, Tenant
from tenants.queries import all_tenants


class TenantProof(NamedTuple):
    """A company and its newest verification."""

    tenant: Tenant
    run: VerificationRun | None


@menu_required("operator.audit")
@require_safe
def audit_proofs(request: MemberRequest) -> HttpResponse:
    """The sealer, the anchors, and the newest verification of every company, failures first."""
    newest = {run.tenant_id: run for run in queries.newest_runs()}
    found = [TenantProof(tenant, newest.get(tenant.id)) for tenant in all_tenants() if tenant.state != State.ERASED]
    found.sort(key=lambda one: (one.run is None or one.run.is_sound, one.run is not None, one.tenant.company_code))
    context = {
        "seals": queries.seal_state(),
        "broken": sum(1 for one in found if one.run and not one.run.is_sound),
        "verified": sum(1 for one in found if one.run),
        "companies": TenantProofTable(found),
    }
    return render(request, "auditlog/operator/proofs.html", context)
