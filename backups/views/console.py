"""The company's own backups in the console (B1, B2, B5, T8)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from backups import calendar, queries
from backups.drills.queries import last_drill
from backups.models import State
from backups.sites.places import where_kept
from backups.tables import ArchiveTable
from backups.watch.queries import recovery_evidence
from tenants.queries import current_tenant


@menu_required("console.backups")
@require_safe
def archives(request: MemberRequest) -> HttpResponse:
    """What became of every day's backup, every generation, the last drill, where it is kept, and what comes next."""
    tenant, found = current_tenant(), list(queries.archives())
    verified = [archive for archive in found if archive.state == State.VERIFIED]
    days = calendar.calendar_of(tenant.id, timezone.localdate(tenant.created_at), calendar.last_days())
    return render(
        request,
        "backups/archives.html",
        {
            "archives": ArchiveTable(found),
            "found": bool(found),
            "newest": verified[0] if verified else None,
            "kept": len(verified),
            "plan": tenant.plan,
            "newest_is_damaged": bool(found) and found[0].state == State.DAMAGED,
            "next_run": queries.next_run(),
            "days": days,
            "legend": calendar.legend(),
            "drill": last_drill(),
            "evidence": recovery_evidence(tenant.id),
            "places": where_kept(),
        },
    )
