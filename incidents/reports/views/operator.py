"""The review of an incident, its measures, and documents as files, for operators (N3, N5)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from accounts.forms import complain
from incidents.models import Incident
from incidents.queries import find_incident, find_report
from incidents.reports import contents, queries, records, services
from incidents.reports.forms import MeasureForm, ProofForm, ReasonForm, ReviewForm, as_typed
from incidents.reports.models import Measure
from incidents.reports.tables import MeasureTable
from incidents.reports.views.files import handed_out, require_known
from tenants.isolation.directory import provider_company


@menu_required("operator.incidents")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: MemberRequest, number: str) -> HttpResponse:
    """What was found when looking back, and what follows from it."""
    incident = _found(number)
    form = ReviewForm(request.POST or None, instance=queries.review_of(incident))
    if form.is_valid():
        try:
            services.save_review(incident, **as_typed(form), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The review was saved."))
            return redirect("operator:incident_review", number)
    return _page(request, incident, form=form)


@menu_required("operator.incidents")
@require_POST
def review_finish(request: MemberRequest, number: str) -> HttpResponse:
    """Close the review."""
    incident = _found(number)
    try:
        services.finish_review(incident, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The review is finished. Its measures stay open until they are done."))
    return redirect("operator:incident_review", number)


@menu_required("operator.incidents")
@require_POST
def review_fill(request: MemberRequest, number: str) -> HttpResponse:
    """Go on with the final report, with what the review has found."""
    incident = _found(number)
    try:
        report = services.fill_final_report(incident, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("operator:incident_review", number)
    messages.success(request, _("Causes and measures stand in the draft. Read it through before you publish it."))
    return redirect("operator:incident_report", number, report.id)


@menu_required("operator.incidents")
@require_POST
def measure_add(request: MemberRequest, number: str) -> HttpResponse:
    """Write a measure down."""
    incident, form = _found(number), MeasureForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, measure_form=form)
    services.add_measure(incident, **as_typed(form), actor=request.user.as_actor())
    messages.success(request, _("The measure was added."))
    return redirect("operator:incident_review", number)


@menu_required("operator.incidents")
@require_safe
def measure(request: MemberRequest, number: str, measure_id: UUID) -> HttpResponse:
    """One measure, and what can be done about it."""
    incident = _found(number)
    return _measure_page(request, incident, _measure(incident, measure_id))


@menu_required("operator.incidents")
@require_POST
def measure_done(request: MemberRequest, number: str, measure_id: UUID) -> HttpResponse:
    """It was done."""
    incident, form = _found(number), ProofForm(request.POST)
    found = _measure(incident, measure_id)
    if form.is_valid():
        try:
            services.complete_measure(found.id, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _measure_page(request, incident, found, proof_form=form)
    messages.success(request, _("The measure is done."))
    return redirect("operator:incident_review", number)


@menu_required("operator.incidents")
@require_POST
def measure_drop(request: MemberRequest, number: str, measure_id: UUID) -> HttpResponse:
    """It will not be done."""
    incident, form = _found(number), ReasonForm(request.POST)
    found = _measure(incident, measure_id)
    if form.is_valid():
        try:
            services.drop_measure(found.id, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _measure_page(request, incident, found, reason_form=form)
    messages.success(request, _("The measure was dropped. The reason stays on record."))
    return redirect("operator:incident_review", number)


@menu_required("operator.incidents")
@own_transactions
@require_safe
def report_file(request: MemberRequest, number: str, report_id: UUID, language: str, form: str) -> HttpResponse:
    """A report as it went to everybody, or its draft."""
    require_known(language, form)
    incident = _found(number)
    found = find_report(incident, report_id)
    if found is None:
        raise Http404
    provider = provider_company()
    paper = contents.report_paper(
        found, addressee="", sender=provider.name if provider else "", impact="", language=language
    )
    name = contents.document_number(found)
    return handed_out(paper, incident, form, name=name, actor=request.user.as_actor())


@menu_required("operator.incidents")
@own_transactions
@require_safe
def record_file(request: MemberRequest, number: str, tenant_id: UUID, language: str, form: str) -> HttpResponse:
    """The response record of one company."""
    require_known(language, form)
    incident = _found(number)
    found = records.record_of(incident, tenant_id)
    if found is None:
        raise Http404
    paper = records.record_paper(found, language)
    return handed_out(paper, incident, form, name=f"{incident.number}-record", actor=request.user.as_actor())


def _page(request: MemberRequest, incident: Incident, **forms: Form | ReviewForm | MeasureForm) -> HttpResponse:
    review, measures = queries.review_of(incident), queries.measures_of(incident)
    context: dict[str, Any] = {
        "incident": incident,
        "review": review,
        "form": ReviewForm(instance=review),
        "measure_form": MeasureForm(),
        "measures": MeasureTable(measures),
        "trail": _trail(incident, pgettext("incident", "Review")),
        **forms,
    }
    return render(request, "incidents/reports/review.html", context)


def _measure_page(request: MemberRequest, incident: Incident, measure: Measure, **forms: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "incident": incident,
        "measure": measure,
        "proof_form": ProofForm(),
        "reason_form": ReasonForm(),
        "trail": _trail(incident, pgettext("incident", "Review"), pgettext("incident", "Measure")),
        **forms,
    }
    return render(request, "incidents/reports/measure.html", context)


def _found(number: str) -> Incident:
    incident = find_incident(number)
    if incident is None:
        raise Http404
    return incident


def _measure(incident: Incident, measure_id: UUID) -> Measure:
    found = queries.find_measure(incident, measure_id)
    if found is None:
        raise Http404
    return found


def _trail(incident: Incident, *names: str) -> list[tuple[str, str]]:
    urls = [reverse("operator:incident_review", args=[incident.number])] * (len(names) - 1) + [""]
    return [
        (_("Incidents"), reverse("operator:incidents")),
        (incident.number, reverse("operator:incident", args=[incident.number])),
        *zip(names, urls, strict=True),
    ]
