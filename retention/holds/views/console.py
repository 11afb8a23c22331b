"""What a company sees of legal holds and disclosures: what is not sealed (R5)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from retention.holds.queries import notices
from retention.holds.tables import NoticeTable


@menu_required("console.contract")
@require_safe
def holds(request: MemberRequest) -> HttpResponse:
    """Holds and disclosures that the company may know of."""
    return render(request, "retention/holds/console.html", {"table": NoticeTable(list(notices()))})
