"""The audit log in the console (G1, G2)."""

import json
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog import queries
from auditlog.filters import EventFilter
from auditlog.models import AuditEvent
from auditlog.tables import EventTable
from auditlog.viewing.queries import filters_for
from auditlog.views.browsing import browse
from auditlog.volume import Volume, volume_of


@menu_required("console.audit")
@require_safe
def audit(request: MemberRequest) -> HttpResponse:
    """Everything that happened in the company, newest first."""
    found = browse(request.GET, queries.events())
    context = {"found": found, "events": EventTable(found.events), "saved": filters_for(request.user.id)}
    return render(request, "auditlog/events.html", context)


@menu_required("console.audit")
@require_safe
def audit_volume(request: MemberRequest) -> HttpResponse:
    """How much was recorded, by day and kind: the page of the list asks for it once it stands, or it is one itself."""
    found = EventFilter(request.GET, queries.events())
    volume = volume_of(found.qs, found.span, days=found.days)
    template = "auditlog/_volume.html" if request.headers.get("HX-Request") else "auditlog/volume.html"
    context = {"volume": volume, "plan": _plan(volume), "query": request.GET.urlencode()}
    return render(request, template, context)


@menu_required("console.audit")
@require_safe
def audit_event(request: MemberRequest, event: UUID) -> HttpResponse:
    """One event with everything that was recorded of it."""
    found = queries.find_event(event)
    if found is None:
        raise Http404
    trail = [(_("Audit log"), reverse("console:audit")), (found.action_label, "")]
    return render(request, "auditlog/event.html", {"event": found, "changes": _changes(found), "trail": trail})


def _plan(volume: Volume) -> dict[str, Any]:
    """What the chart draws: a bar for each day or month, in it a part for each kind."""
    form = "YEAR_MONTH_FORMAT" if volume.by_month else "MONTH_DAY_FORMAT"
    return {
        "labels": [date_format(bar, form) for bar in volume.bars],
        "series": [{"label": str(kind.label), "values": values} for kind, values in volume.series.items()],
        "stacked": True,
    }


def _changes(event: AuditEvent) -> list[tuple[str, str | None, str | None]]:
    """Each recorded field with its values before and after; None where nothing was recorded.

    The log keeps codes, the same in every language; where the target's model has a field of that name, people read
    its name and the labels of its choices.
    """
    before, after = event.before or {}, event.after or {}
    fields = {key: _field(event.target_type, key) for key in {**before, **after}}
    return [
        (capfirst(str(field.verbose_name)) if field else key, _shown(before, key, field), _shown(after, key, field))
        for key, field in fields.items()
    ]


def _field(target_type: str, name: str) -> "Field[Any, Any] | None":
    try:
        field = apps.get_model(target_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):  # what was acted upon need not be a row, nor a field of it
        return None
    return field if isinstance(field, Field) else None


def _shown(values: dict[str, Any], key: str, field: "Field[Any, Any] | None") -> str | None:
    if key not in values:
        return None
    value = values[key]
    if isinstance(value, str):
        return str(dict(field.flatchoices).get(value, value)) if field else value
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)
