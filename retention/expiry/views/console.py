"""What a company reads of the asset register (R6)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from backups.sites.places import Kept
from retention.register.entries import entries_of_companies
from retention.register.stores import place_words, stored_of_companies
from retention.register.tables import OwnEntryTable, StoredTable


@menu_required("console.contract")
@require_safe
def register(request: MemberRequest) -> HttpResponse:
    """Every class of data of the company, how long it is kept and how it ends."""
    context = {
        "entries": OwnEntryTable(entries_of_companies()),
        "stores": StoredTable(stored_of_companies()),
        "database": place_words(Kept.DATABASE),
    }
    return render(request, "retention/register.html", context)
