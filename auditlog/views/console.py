"""The audit log in the console (G1, G2)."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog import queries
from auditlog.models import AuditEvent
from auditlog.tables import EventTable
from auditlog.views.browsing import browse


@menu_required("console.audit")
@require_safe
def audit(request: MemberRequest) -> HttpResponse:
    """Everything that happened in the company, newest first."""
    found = browse(request.GET, queries.events())
    return render(request, "auditlog/events.html", {"found": found, "events": EventTable(found.events)})


@menu_required("console.audit")
@require_safe
def audit_event(request: MemberRequest, event: UUID) -> HttpResponse:
    """One event with everything that was recorded of it."""
    found = queries.find_event(event)
    if found is None:
        raise Http404
    trail = [(_("Audit log"), reverse("console:audit")), (found.action_label, "")]
    return render(request, "auditlog/event.html", {"event": found, "changes": _changes(found), "trail": trail})


def _changes(event: AuditEvent) -> list[tuple[str, str | None, str | None]]:
    """Each recorded field with its values before and after; None where nothing was recorded."""
    before, after = event.before or {}, event.after or {}
    return [(key, _shown(before, key), _shown(after, key)) for key in {**before, **after}]


def _shown(values: dict[str, Any], key: str) -> str | None:
    if key not in values:
        return None
    value = values[key]
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
