"""Incidents on the operators' pages: the list, a new one, and the page from which one is led (N1, N2, N3)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from accounts.queries import active_holders_of
from incidents import byclock, queries, services
from incidents.checklist import checklist, next_step
from incidents.forms import (
    AuthorityForm,
    CommanderForm,
    DetailsForm,
    DraftForm,
    MergeForm,
    NoteForm,
    OpenForm,
    ReopenForm,
    SettingsForm,
    SeverityForm,
    StatusForm,
)
from incidents.log import words_of
from incidents.models import Incident, Status
from incidents.tables import AffectedTable, IncidentTable
from incidents.views.finding import MENU, found, link, trail, who


@menu_required(MENU)
@require_safe
def incidents(request: MemberRequest) -> HttpResponse:
    """Those that need work, those that have ended, or all."""
    show = request.GET.get("show", "")
    search = request.GET.get("q", "").strip()[:100]
    page = queries.incident_page(number=request.GET.get("page", 1), show=show, search=search)
    context = {"page": page, "table": IncidentTable(page.object_list), "show": show, "search": search}
    return render(request, "incidents/operator/incidents.html", context)


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def incident_new(request: MemberRequest) -> HttpResponse:
    """Open one by hand: its first notice is drafted at once, and its promises run."""
    form = OpenForm(request.POST or None, initial={"severity": "serious", "detected_at": timezone.localtime()})
    if form.is_valid():
        try:
            opened = services.open_incident(**form.cleaned_data, **who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The incident is open. Its first notice is drafted, and its promises run."))
            return redirect(link(opened))
    context = {"form": form, "trail": trail((_("Open an incident"), ""))}
    return render(request, "incidents/operator/new.html", context)


@menu_required(MENU)
@require_safe
def incident(request: MemberRequest, number: str) -> HttpResponse:
    """One incident, as its commander sees it at one glance."""
    return page_of(request, found(number))


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def incident_edit(request: MemberRequest, number: str) -> HttpResponse:
    """Correct what is known of it."""
    incident = found(number)
    initial = {name: getattr(incident, name) for name in services.DETAILS}
    form = DetailsForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.change_incident(incident, changes=form.cleaned_data, **who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The details are changed."))
            return redirect(link(incident))
    context = {
        "form": form,
        "incident": incident,
        "trail": trail((incident.number, link(incident)), (_("Details"), "")),
    }
    return render(request, "incidents/operator/edit.html", context)


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def incident_settings(request: MemberRequest) -> HttpResponse:
    """Whether the clock publishes a neutral first notice."""
    now = queries.incident_settings()
    initial = {"publish_by_clock": now.publish_by_clock, "minutes_before": now.minutes_before}
    form = SettingsForm(request.POST or None, initial=initial)
    if form.is_valid():
        byclock.change_settings(**form.cleaned_data, **who(request))
        messages.success(request, _("The settings are saved."))
        return redirect("operator:incident_settings")
    return render(request, "incidents/operator/settings.html", {"form": form})


def page_of(request: MemberRequest, incident: Incident, **forms: Any) -> HttpResponse:
    """The page of an incident, with the form of a deed that was refused in place of a fresh one."""
    reports, deadlines = queries.reports_of(incident), queries.deadlines_of(incident)
    items = checklist(incident, deadlines)
    affected, mails = queries.affected_of(incident), queries.mailings_of(reports)
    context: dict[str, Any] = {
        "incident": incident,
        "items": items,
        "step": next_step(incident, reports, items),
        "drafts": [report for report in reports if report.is_draft],
        "published": [(report, mails.get(report.id, [])) for report in reports if not report.is_draft],
        "log": [(entry, words_of(entry)) for entry in queries.log_of(incident)],
        "affected": AffectedTable(affected),
        "untold": sum(each.row.told_at is None for each in affected),
        "merged": queries.merged_into(incident),
        "refused": next(iter(forms), ""),
        "can_close": incident.status == Status.RESOLVED,
        "trail": trail((incident.number, "")),
    }
    return render(request, "incidents/operator/incident.html", context | deed_forms(incident) | forms)


def deed_forms(incident: Incident) -> dict[str, Any]:
    """A form for each deed, by the name under which the page shows it."""
    people = [(str(person.id), person.name) for person in active_holders_of(MENU).order_by("name")]
    return {
        "note_form": NoteForm(),
        "status_form": StatusForm(initial={"status": incident.status}),
        "severity_form": SeverityForm(initial={"severity": incident.severity}),
        "commander_form": CommanderForm(people=people, initial={"commander": str(incident.commander_id or "")}),
        "draft_form": DraftForm(initial={"kind": "update"}),
        "authority_form": AuthorityForm(),
        "merge_form": MergeForm(),
        "reopen_form": ReopenForm(),
    }
