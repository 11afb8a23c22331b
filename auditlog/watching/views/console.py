"""What was noticed in the company, for its administrators (G9)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from auditlog.tables import EventTable
from auditlog.watching import findings as services
from auditlog.watching import queries
from auditlog.watching.forms import ExplainForm, FindingFilterForm
from auditlog.watching.models import Finding
from auditlog.watching.registry import rule_of
from auditlog.watching.summaries import label_of
from auditlog.watching.tables import FindingTable

_PER_PAGE, _EVENTS_SHOWN = 25, 100


@menu_required("console.audit")
@require_safe
def findings(request: MemberRequest) -> HttpResponse:
    """Everything that the rules noticed, newest first."""
    form = FindingFilterForm(request.GET)
    table = FindingTable(queries.findings().filter(**form.conditions()))
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    return render(request, "auditlog/watch/findings.html", {"form": form, "table": table})


@menu_required("console.audit")
@require_safe
def finding_detail(request: MemberRequest, finding: UUID) -> HttpResponse:
    """One finding with the events behind it, and what can be said about it."""
    return _page(request, _found(queries.find_finding(finding)))


@menu_required("console.audit")
@require_POST
def seen(request: MemberRequest, finding: UUID) -> HttpResponse:
    """Take note of it."""
    try:
        services.mark_seen(_found(queries.finding_for_change(finding)), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("You have taken note of it."))
    return redirect("console:watch_finding", finding)


@menu_required("console.audit")
@require_POST
def explain(request: MemberRequest, finding: UUID) -> HttpResponse:
    """Say what it was."""
    found, form = _found(queries.finding_for_change(finding)), ExplainForm(request.POST)
    if form.is_valid():
        try:
            services.explain(found, note=form.cleaned_data["note"], actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, found, form=form)
    messages.success(request, _("Your note was saved."))
    return redirect("console:watch_finding", finding)


def _found(finding: Finding | None) -> Finding:
    if finding is None:
        raise Http404
    return finding


def _page(request: MemberRequest, finding: Finding, *, form: ExplainForm | None = None) -> HttpResponse:
    label = label_of(finding.rule)
    context = {
        "finding": finding,
        "label": label,
        "rule": rule_of(finding.rule),
        "events": EventTable(queries.events_behind(finding)[:_EVENTS_SHOWN]),
        "is_cut": finding.count > _EVENTS_SHOWN,
        "form": form or ExplainForm(initial={"note": finding.note}),
        "trail": [(_("Unusual behaviour"), reverse("console:watch")), (label, "")],
    }
    return render(request, "auditlog/watch/finding.html", context)
