"""The backups of all companies, for the provider's operators (B1, B2, B5)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from backups import companies
from backups.tables import CompanyTable

_PER_PAGE = 25


@menu_required("operator.backups")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Every company with the moment to which it can be restored, the oldest first."""
    table = CompanyTable(companies.company_backups(limit=_PER_PAGE))
    return render(request, "backups/operator/overview.html", {"companies": table})
