"""Usage of all companies, for operators: who grows, and when a plan is full (T9)."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from tenants.contract.queries import find_tenant
from tenants.models import Tenant
from tenants.usage import queries
from tenants.usage.forms import OrderForm, SpanForm
from tenants.usage.tables import StandingTable
from tenants.usage.views.answers import csv_answer, figures, figures_csv

_PER_PAGE = 25


@menu_required("operator.contracts")
@require_safe
def usage(request: MemberRequest) -> HttpResponse:
    """The top consumers first."""
    form = OrderForm(request.GET)
    order = form.cleaned_data["order"] if form.is_valid() else ""
    found = queries.sorted_standings(order)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "table": StandingTable(page.object_list),
        "companies": len(found),
        "storage": sum(one.storage or 0 for one in found),
        "backups": sum(one.backups or 0 for one in found),
        "requests": sum(one.requests for one in found),
    }
    return render(request, "tenants/usage/operator/usage.html", context)


@menu_required("operator.contracts")
@require_safe
def usage_csv(_request: MemberRequest) -> HttpResponse:
    """The same for all companies, to take along."""
    headings = (
        *(_("Company code"), _("Organisation name"), _("Plan"), _("Day"), _("Users"), _("Documents")),
        *(_("Storage (bytes)"), _("Backups (bytes)"), _("Growth in 30 days"), _("Requests in 30 days"), _("Errors")),
        _("Limit of the plan reached"),
    )
    rows = [
        (
            *(one.company_code, one.name, one.plan_code, one.day or "", _known(one.users), _known(one.documents)),
            *(_known(one.storage), _known(one.backups), _known(one.storage_trend.growth), one.requests, one.errors),
            one.full_on or "",
        )
        for one in queries.standings()
    ]
    return csv_answer(headings, rows, "usage.csv")


@menu_required("operator.contracts")
@require_safe
def usage_company(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """One company over time."""
    tenant, form = _found(tenant_id), SpanForm(request.GET)
    context = figures(tenant, form, queries.points_of_company(tenant, form.chosen(), timezone.now()))
    context["trail"] = [(_("Usage"), reverse("operator:usage")), (tenant.name, "")]
    return render(request, "tenants/usage/operator/company.html", context)


@menu_required("operator.contracts")
@require_safe
def usage_company_csv(request: MemberRequest, tenant_id: UUID) -> HttpResponse:
    """The same to take along."""
    tenant, form = _found(tenant_id), SpanForm(request.GET)
    return figures_csv(tenant, form, queries.points_of_company(tenant, form.chosen(), timezone.now()))


def _found(tenant_id: UUID) -> Tenant:
    tenant = find_tenant(tenant_id)
    if tenant is None:
        raise Http404
    return tenant


def _known(value: int | None) -> object:
    return "" if value is None else value
