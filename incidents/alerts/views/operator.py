"""What is measured and what is not in order, for the provider's operators (N9, P4)."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up_to_change
from accounts.forms import complain
from incidents.alerts import promoting, queries, services
from incidents.alerts.forms import AcknowledgeForm, IncidentForm, ThresholdForm
from incidents.alerts.models import SAMPLE_DAYS, Alert
from incidents.alerts.registry import measure_of, watches
from incidents.alerts.sampling import series_of
from incidents.alerts.tables import ClosedAlertTable, FigureTable, OpenAlertTable, RuleTable

# How much of the time before and after an alert its chart shows.
_AROUND = timedelta(minutes=30)


@menu_required("operator.monitoring")
@require_safe
def alerts(request: MemberRequest) -> HttpResponse:
    """What is not in order, what other watches have noticed, everything that is measured, and what is over."""
    now = timezone.now()
    opened, figures, closed = (
        queries.open_alerts(),
        queries.figures(now),
        queries.closed_alerts(request.GET.get("page")),
    )
    noticed = [(watch, watch.menu in request.menus, problems) for watch in watches() if (problems := watch.problems())]
    context = {
        "open": OpenAlertTable(opened),
        "critical": sum(alert.level == "critical" for alert in opened),
        "warnings": sum(alert.level == "warning" for alert in opened),
        "unknown": sum(alert.level == "unknown" for alert in opened),
        "noticed": noticed,
        "figures": FigureTable([each for each in figures if not each.is_quiet]),
        "measured": len(figures),
        "closed": ClosedAlertTable(closed.object_list),
        "page": closed,
    }
    return render(request, "incidents/alerts/alerts.html", context)


@menu_required("operator.monitoring")
@require_safe
def alert(request: MemberRequest, alert_id: UUID) -> HttpResponse:
    """One alert: its figures round the time, what became of it, and what can be done."""
    return _page(request, _found(alert_id))


@menu_required("operator.monitoring")
@require_POST
def alert_acknowledge(request: MemberRequest, alert_id: UUID) -> HttpResponse:
    """Say that somebody sees to it."""
    found, form = _found(alert_id), AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, acknowledge_form=form)
    try:
        services.acknowledge(found, **form.cleaned_data, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("You have acknowledged the alert. It goes on until the figure is in order."))
    return redirect("operator:alert", alert_id)


@menu_required("operator.incidents")
@require_POST
def alert_incident(request: MemberRequest, alert_id: UUID) -> HttpResponse:
    """Open an incident from an alert."""
    found, form = _found(alert_id), IncidentForm(request.POST)
    if not form.is_valid():
        return _page(request, found, incident_form=form)
    try:
        incident = promoting.open_from_alert(found, form.opening(), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("operator:alert", alert_id)
    messages.success(request, _("The incident is open, and its first notice is drafted."))
    return redirect("operator:incident", incident.number)


@menu_required("operator.monitoring")
@require_safe
def thresholds(request: MemberRequest) -> HttpResponse:
    """Every measure with its threshold."""
    return render(request, "incidents/alerts/thresholds.html", {"table": RuleTable(queries.rules().values())})


@menu_required("operator.monitoring")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def threshold(request: MemberRequest, measure: str) -> HttpResponse:
    """One measure: its last day, and how it is judged."""
    rule = queries.rule(measure)
    if rule is None:
        raise Http404
    form = ThresholdForm(request.POST if request.method == "POST" else None, rule=rule)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            services.change_threshold(rule.measure, form.wanted(), reason=reason, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The threshold is set. It holds from the next minute on."))
            return redirect("operator:thresholds")
    trail = [(_("Thresholds"), reverse("operator:thresholds")), (str(rule.measure.label), "")]
    return render(request, "incidents/alerts/threshold.html", {"rule": rule, "form": form, "trail": trail})


def _found(alert_id: UUID) -> Alert:
    found = queries.find_alert(alert_id)
    if found is None:
        raise Http404
    return found


def _page(
    request: MemberRequest,
    found: Alert,
    *,
    acknowledge_form: AcknowledgeForm | None = None,
    incident_form: IncidentForm | None = None,
) -> HttpResponse:
    watched, label = queries.watched_of(found), queries.label_of(found)
    context = {
        "alert": found,
        "label": label,
        "measure": measure_of(found.measure),
        "worst": queries.shown(found, found.worst),
        "now": queries.shown(found, watched.value) if watched else "",
        "watched": watched,
        "steps": queries.steps_of(found),
        "chart": _chart(found),
        "days": SAMPLE_DAYS,
        "acknowledge_form": acknowledge_form or AcknowledgeForm(),
        "incident_form": incident_form or IncidentForm(initial=asdict(promoting.suggested(found))),
        "leads_incidents": "operator.incidents" in request.menus,
        "trail": [(_("Alerts"), reverse("operator:alerts")), (label, "")],
    }
    return render(request, "incidents/alerts/alert.html", context)


def _chart(found: Alert) -> dict[str, Any] | None:
    """The figure and its two levels; None when the figures of that time are no longer kept."""
    until = (found.closed_at or timezone.now()) + _AROUND
    series = series_of(found.measure, found.subject, found.opened_at - _AROUND, until)
    if not series:
        return None
    figures = [None if value is None else round(value, 2) for _at, value in series]
    lines: list[dict[str, Any]] = [{"label": _("Figure"), "values": figures}]
    for name, label in (("warning", _("Warning")), ("critical", pgettext("alert", "Critical"))):
        if (limit := found.limits.get(name)) is not None:
            lines.append({"label": label, "values": [limit] * len(series)})
    form = "H:i" if until - found.opened_at < timedelta(hours=20) else "n/j H:i"
    return {"labels": [date_format(timezone.localtime(at), form) for at, _value in series], "series": lines}
