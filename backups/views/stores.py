"""Where backups are kept, and whether those places keep what they must, for operators (B3, T8)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from backups.sites.places import where_kept
from backups.sites.queries import newest_store_checks


@menu_required("operator.backups")
@require_safe
def stores(request: MemberRequest) -> HttpResponse:
    """The newest examination of every store, and the places as companies read them."""
    return render(request, "backups/operator/stores.html", {"checks": newest_store_checks(), "places": where_kept()})
