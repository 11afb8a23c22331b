"""The request log for operators (G6)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog.requests.forms import RequestFilterForm
from auditlog.requests.queries import Bar, Span, overview
from auditlog.requests.tables import FailedTable, RouteTable
from tenants.queries import all_tenants, tenant_by_code


@menu_required("operator.requests")
@require_safe
def requests(request: MemberRequest) -> HttpResponse:
    """Volume, slowest addresses and latest errors, of all companies or of one."""
    form = RequestFilterForm({"span": Span.DAY, **request.GET.dict()})
    asked = form.cleaned_data if form.is_valid() else {}
    tenant = tenant_by_code(asked["company"]) if asked.get("company") else None
    if asked.get("company") and tenant is None:
        form.add_error("company", _("No company has this code."))
    found = overview(asked.get("span", Span.DAY), tenant_id=tenant.id if tenant else None)
    context = {
        "form": form,
        "found": found,
        "volume": _volume(found.bars, by_day=asked.get("span") in {Span.WEEK, Span.MONTH}),
        "routes": RouteTable(found.routes),
        "failed": FailedTable(found.failed, codes={each.id: each.company_code for each in all_tenants()}),
    }
    return render(request, "auditlog/operator/requests.html", context)


def _volume(bars: list[Bar], *, by_day: bool) -> dict[str, Any]:
    """The plan of the chart."""
    form = "n/j H:i" if by_day else "H:i"
    return {
        "labels": [date_format(timezone.localtime(bar.begun), form) for bar in bars],
        "series": [
            {"label": _("Requests"), "values": [bar.requests for bar in bars]},
            {"label": _("Errors"), "values": [bar.errors for bar in bars]},
        ],
    }
