"""Expiry for the provider's operators (R6)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from retention.register.entries import entries


@menu_required("operator.retention")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """What ends with time."""
    return render(request, "retention/operator/overview.html", {"entries": [each for each in entries() if each.days]})
