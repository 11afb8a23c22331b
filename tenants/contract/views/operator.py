"""The contracts of all companies, for the provider's operators (T2, T5, T7, T10)."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up_to_change
from accounts.staff.records import as_operator
from tenants.contract import queries, services
from tenants.contract.editions import POWERS
from tenants.contract.forms import ContractFilterForm, EditionForm, OperatorOrganisationForm, PlanForm, TimeZoneForm
from tenants.contract.queries import Contract, PlanUse
from tenants.contract.tables import ContractTable
from tenants.contract.views.shown import (
    kept_generations,
    menus_form,
    month_context,
    save_menus,
    save_organisation,
    save_zone,
    terms,
)
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Edition, Tenant
from tenants.plans import PLANS, Plan, PlanCode


@dataclass(frozen=True, slots=True)
class PlanOption:
    """A plan as an operator may choose it: why not, and what would be lost."""

    plan: Plan
    label: str
    is_current: bool
    obstacles: list[str]
    generations_lost: int


@menu_required("operator.contracts")
@require_safe
def contract_list(request: MemberRequest) -> HttpResponse:
    """Every contract with how much of it is used, with search and pages."""
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
    return _page(request, _found(tenant_id).tenant)


@menu_required("operator.contracts")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """Keep the organisation record, as the company itself does (T5)."""
    tenant = _found(tenant_id).tenant
    record = queries.organisation_record(tenant)
    form = OperatorOrganisationForm(request.POST or None, instance=record)
    if save_organisation(form, record, as_operator(request.user.as_actor())):
        messages.success(request, _("The organisation record was saved."))
        return redirect("operator:contract", tenant_id)
    context = {"form": form, "tenant": tenant, "trail": _trail(tenant, _("Organisation record"))}
    return render(request, "tenants/operator/contract_organisation.html", context)


@menu_required("operator.contracts")
@own_transactions
@require_POST
def zone(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """Count the company's months in another time zone (T10)."""
    tenant, form = _found(tenant_id).tenant, TimeZoneForm(request.POST)
    if not save_zone(form, tenant, as_operator(request.user.as_actor())):
        return _page(request, tenant, zone_form=form)
    messages.success(request, _("The time zone was saved. It applies from the month-end that comes next."))
    return redirect("operator:contract", tenant_id)


@menu_required("operator.contracts")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def plan(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """Choose another plan; what stands in the way, or would be lost, is shown before (T7)."""
    found, form = _found(tenant_id), PlanForm(request.POST or None)
    if form.is_valid():
        try:
            changed = services.change_plan(
                tenant_id, plan=form.cleaned_data["plan"], actor=as_operator(request.user.as_actor())
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The plan is %(plan)s now.") % {"plan": changed.get_plan_code_display()})
            return redirect("operator:contract", tenant_id)
    with tenant_transaction(tenant_id):
        kept = kept_generations()
    context = {
        "tenant": found.tenant,
        "use": found.use,
        "options": _options(found.tenant, found.use, kept),
        "trail": _trail(found.tenant, _("Plan")),
    }
    return render(request, "tenants/operator/contract_plan.html", context)


@menu_required("operator.contracts")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def edition(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """Change the edition; who may set what then is shown before (T2)."""
    tenant, form = _found(tenant_id).tenant, EditionForm(request.POST or None)
    if form.is_valid():
        try:
            services.change_edition(
                tenant_id, edition=form.cleaned_data["edition"], actor=as_operator(request.user.as_actor())
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The edition was changed. Who may set what follows from it at once."))
            return redirect("operator:contract", tenant_id)
    now = Edition(tenant.edition)
    other = Edition.PUBLIC if now is Edition.PRIVATE else Edition.PRIVATE
    context = {
        "tenant": tenant,
        "other": other,
        "powers": [(power, power.of(now), power.of(other)) for power in POWERS],
        "closed": tenant.state in services.CLOSED or tenant.is_provider,
        "trail": _trail(tenant, _("Edition")),
    }
    return render(request, "tenants/operator/contract_edition.html", context)


@menu_required("operator.contracts")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def menus(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """Which menus are open in a company: the provider's choice in the Public edition, the company's in the Private."""
    tenant = _found(tenant_id).tenant
    form = menus_form(tenant, request.POST if request.method == "POST" else None)
    if form.is_bound and save_menus(form, tenant, as_operator(request.user.as_actor())):
        messages.success(request, _("The menus were saved. They apply from the next click on."))
        return redirect("operator:contract", tenant_id)
    context = {
        "form": form,
        "tenant": tenant,
        "may_set": tenant.edition == Edition.PUBLIC,
        "trail": _trail(tenant, _("Menu rights")),
    }
    return render(request, "tenants/operator/contract_menus.html", context)


def _found(tenant_id: UUID) -> Contract:
    found = queries.contract_of(tenant_id)
    if found is None:
        raise Http404
    return found


def _page(request: MemberRequest, tenant: Tenant, *, zone_form: TimeZoneForm | None = None) -> HttpResponse:
    with tenant_transaction(tenant.id):
        context = terms(tenant) | month_context(tenant, zone_form)
    context |= {"organisation": queries.organisation_record(tenant), "trail": _trail(tenant)}
    return render(request, "tenants/operator/contract.html", context)


def _options(tenant: Tenant, use: PlanUse, kept: int) -> list[PlanOption]:
    return [
        PlanOption(
            plan=PLANS[code],
            label=str(code.label),
            is_current=tenant.plan_code == code,
            obstacles=[] if tenant.plan_code == code else services.obstacles(tenant, code, use),
            generations_lost=max(0, kept - PLANS[code].generations),
        )
        for code in PlanCode
    ]


def _trail(tenant: Tenant, *here: str) -> list[tuple[str, str]]:
    steps = [(pgettext("contracts of companies", "Contracts"), reverse("operator:contracts"))]
    own_page = reverse("operator:contract", args=[tenant.id]) if here else ""
    return [*steps, (tenant.company_code, own_page), *((step, "") for step in here)]
