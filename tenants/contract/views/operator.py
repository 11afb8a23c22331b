"""The contracts of all companies, for the provider's operators (T2, T5, T7, T10)."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from tenants.contract import queries
from tenants.contract.forms import ContractFilterForm
from tenants.contract.tables import ContractTable
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant


@menu_required("operator.contracts")
@require_safe
def contract_list(request: MemberRequest) -> HttpResponse:
    """Every contract, with search and pages."""
    form = ContractFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = queries.contract_page(
        search=asked.get("q", ""),
        state=asked.get("state", ""),
        plan=asked.get("plan", ""),
        number=request.GET.get("page", 1),
    )
    context = {"form": form, "page": page, "table": ContractTable(page.object_list)}
    return render(request, "tenants/operator/contracts.html", context)


@menu_required("operator.contracts")
@own_transactions
@require_safe
def contract(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """One contract: what was agreed, and how much of it is used. Counts, none of the company's content."""
    tenant = _found(tenant_id)
    with tenant_transaction(tenant.id):
        use = queries.plan_use(tenant)
    context = {"tenant": tenant, "use": use, "trail": _trail(tenant.company_code)}
    return render(request, "tenants/operator/contract.html", context)


def _found(tenant_id: UUID) -> Tenant:
    tenant = queries.find_tenant(tenant_id)
    if tenant is None:
        raise Http404
    return tenant


def _trail(here: str) -> list[tuple[str, str]]:
    return [(pgettext("contracts of companies", "Contracts"), reverse("operator:contracts")), (here, "")]
