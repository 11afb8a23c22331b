"""The company's own contract (T2, T5, T7, T10)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from tenants.contract.queries import plan_use
from tenants.queries import current_tenant


@menu_required("console.contract")
@require_safe
def contract(request: MemberRequest) -> HttpResponse:
    """What was agreed, and how much of it is used."""
    tenant = current_tenant()
    return render(request, "tenants/contract/contract.html", {"tenant": tenant, "use": plan_use(tenant)})
