"""Runs of all companies, for the provider's operators (B1)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from accounts.access import MemberRequest, menu_required
from backups.runs.queries import recent_runs
from backups.runs.tables import RunTable

_PER_PAGE, _SHOWN = 25, 400


@menu_required("operator.backups")
@require_safe
def runs(request: MemberRequest) -> HttpResponse:
    """The runs of the last year: how long they took, how much they wrote, what failed."""
    table = RunTable(recent_runs(_SHOWN))
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    return render(request, "backups/runs/runs.html", {"runs": table})
