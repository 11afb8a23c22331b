"""Restore drills for the provider's operators (B5, B6)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from auditlog.actors import ActorKind
from backups.drills import queries
from backups.drills.forms import CompanyForm, DrillFilterForm
from backups.drills.scratch import is_configured
from backups.drills.services import order_drill
from backups.drills.tables import CheckTable, DrillTable
from backups.errors import BackupError
from tenants.queries import all_tenants, tenant_by_code


@menu_required("operator.backups")
@require_safe
def drills(request: MemberRequest) -> HttpResponse:
    """All drills, what needs attention, and the recovery times of twelve months."""
    companies = {tenant.id: tenant for tenant in all_tenants()}
    form = DrillFilterForm(request.GET)
    code = form.cleaned_data.get("company", "") if form.is_valid() else ""
    asked = next((tenant for tenant in companies.values() if tenant.company_code == code), None)
    if code and asked is None:
        form.add_error("company", _("No company has this code."))
    series = queries.rto_series()
    page = queries.drill_page(
        tenant_id=asked.id if asked else None, sound=form.sound, number=request.GET.get("page", 1)
    )
    context = {
        "form": form,
        "page": page,
        "drills": DrillTable(page.object_list, companies=companies),
        "attention": queries.drills_needing_attention(),
        "series": series,
        "chart": _chart(series),
        "configured": is_configured(),
    }
    return render(request, "backups/drills/drills.html", context)


@menu_required("operator.backups")
@require_safe
def drill(request: MemberRequest, drill: UUID) -> HttpResponse:
    """One drill: every check and what it found."""
    found = queries.find_drill(drill)
    if found is None:
        raise Http404
    company = next((tenant for tenant in all_tenants() if tenant.id == found.tenant_id), None)
    trail = [(_("Restore drills"), reverse("operator:backup_drills")), (str(company or found), "")]
    context = {"drill": found, "company": company, "checks": CheckTable.of(found), "trail": trail}
    return render(request, "backups/drills/drill.html", context)


@menu_required("operator.backups")
@own_transactions
@require_POST
def drill_now(request: MemberRequest) -> HttpResponse:
    """Have a company drilled by a worker."""
    form = CompanyForm(request.POST)
    tenant = tenant_by_code(form.cleaned_data["company"]) if form.is_valid() else None
    if tenant is None:
        messages.error(request, _("No company has this code."))
        return redirect("operator:backup_drills")
    # A user of the provider is an operator to everybody else, also in the log of the company (G10).
    actor = replace(request.user.as_actor(), kind=ActorKind.OPERATOR)
    try:
        order_drill(tenant, actor=actor)
    except BackupError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A worker begins the restore drill of %(company)s.") % {"company": tenant.name})
    return redirect("operator:backup_drills")


def _chart(series: queries.Series) -> dict[str, Any]:
    """The plan of the chart, a point a month."""
    figures = [each for _month, each in series.months]
    return {
        "labels": [date_format(month, "YEAR_MONTH_FORMAT") for month, _figures in series.months],
        "series": [
            {"label": _("Median"), "values": [_rounded(each.median) for each in figures]},
            {"label": _("95 of 100 within"), "values": [_rounded(each.p95) for each in figures]},
            {"label": _("Worst"), "values": [_rounded(each.worst) for each in figures]},
        ],
    }


def _rounded(seconds: float | None) -> float:
    return round(seconds or 0, 2)
