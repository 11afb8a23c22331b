"""The company's own backups in the console (B1, B2, B5)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from backups import queries
from backups.models import State
from backups.tables import ArchiveTable
from tenants.queries import current_tenant


@menu_required("console.backups")
@require_safe
def archives(request: MemberRequest) -> HttpResponse:
    """Every generation with its time, size and state, and when the next one is made."""
    found = list(queries.archives())
    verified = [archive for archive in found if archive.state == State.VERIFIED]
    return render(
        request,
        "backups/archives.html",
        {
            "archives": ArchiveTable(found),
            "found": bool(found),
            "newest": verified[0] if verified else None,
            "kept": len(verified),
            "plan": current_tenant().plan,
            "newest_is_damaged": bool(found) and found[0].state == State.DAMAGED,
            "next_run": queries.next_run(),
        },
    )
