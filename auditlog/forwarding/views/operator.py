"""How forwarding does, over all companies, for operators: no address, no contents, no secrets (G2)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog.forwarding import queries
from auditlog.forwarding.tables import EverybodysTable


@menu_required("operator.audit")
@require_safe
def audit_forwarding(request: MemberRequest) -> HttpResponse:
    """Every destination with its health, the ones in trouble first."""
    table = EverybodysTable(queries.everybodys())
    return render(request, "auditlog/operator/forwarding.html", {"table": table})
