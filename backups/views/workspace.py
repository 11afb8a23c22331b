"""Where the company's data are kept, for everybody in it (T8)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, signed_in
from backups.sites.places import where_kept


@signed_in
@require_safe
def data_location(request: MemberRequest) -> HttpResponse:
    """The regions of the database, the documents, the keys and the backups."""
    return render(request, "backups/data_location.html", {"places": where_kept()})
