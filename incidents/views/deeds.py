"""What is done from the page of an incident: one address for each deed, all by the same few lines (N3)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from accounts.queries import active_holders_of
from incidents import publishing, queries, rounds, services, states
from incidents.forms import (
    AuthorityForm,
    CommanderForm,
    DraftForm,
    MergeForm,
    NoteForm,
    ReopenForm,
    SeverityForm,
    StatusForm,
)
from incidents.models import Incident, Status
from incidents.views.finding import MENU, found, link, who
from incidents.views.operator import page_of

Act = Callable[[Incident, dict[str, Any], dict[str, Any]], object]


@menu_required(MENU)
@require_POST
def incident_deed(request: MemberRequest, number: str, deed: str) -> HttpResponse:
    """Do it and go back to the incident, or show it with what is wrong; 404 for a deed that is none."""
    incident = found(number)
    if deed == "close":
        return _acted(request, incident, lambda: states.change_status(incident, status=Status.CLOSED, **who(request)))
    if deed not in _DEEDS:
        raise Http404
    form_class, act, done = _DEEDS[deed]
    form = _form(form_class, request)
    if form.is_valid():
        try:
            act(incident, form.cleaned_data, who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, str(done))
            return redirect(link(incident))
    return page_of(request, incident, **{f"{deed}_form": form})


@menu_required(MENU)
@require_POST
def incident_draft(request: MemberRequest, number: str) -> HttpResponse:
    """Draft the report that was chosen, and go to it."""
    incident = found(number)
    form = DraftForm(request.POST)
    if form.is_valid():
        try:
            report = publishing.draft_report(incident, form.cleaned_data["kind"], **who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            return redirect("operator:incident_report", incident.number, report.id)
    return page_of(request, incident, draft_form=form)


def _acted(request: MemberRequest, incident: Incident, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, now_("The incident is closed."))
    return redirect(link(incident))


def _form(form_class: type[Form], request: MemberRequest) -> Form:
    if form_class is CommanderForm:
        people = [(str(person.id), person.name) for person in active_holders_of(MENU)]
        return CommanderForm(request.POST, people=people)
    return form_class(request.POST)


def _merge(incident: Incident, typed: dict[str, Any], actor: dict[str, Any]) -> None:
    other = queries.find_incident(typed["into"].strip().upper())
    if other is None:
        raise ValidationError({"into": now_("There is no incident of this number.")})
    rounds.merge_incidents(incident, into=other, **actor)


def _command(incident: Incident, typed: dict[str, Any], actor: dict[str, Any]) -> None:
    person = active_holders_of(MENU).get(id=typed["commander"])
    services.set_commander(incident, commander=person, **actor)


_DEEDS: dict[str, tuple[type[Form], Act, Promise]] = {
    "note": (NoteForm, lambda one, typed, actor: services.note(one, **typed, **actor), _("The note is in the log.")),
    "status": (
        StatusForm,
        lambda one, typed, actor: states.change_status(one, **typed, **actor),
        _("The status is changed."),
    ),
    "severity": (
        SeverityForm,
        lambda one, typed, actor: services.set_severity(one, **typed, **actor),
        _("The severity is set, and what it demands runs."),
    ),
    "commander": (CommanderForm, _command, _("The commander is named.")),
    "authority": (
        AuthorityForm,
        lambda one, typed, actor: services.note_authority(one, **typed, **actor),
        _("The report to the authority is on record."),
    ),
    "merge": (MergeForm, _merge, _("The incident is merged.")),
    "reopen": (
        ReopenForm,
        lambda one, typed, actor: rounds.reopen_incident(one, **typed, **actor),
        _("The incident is open again. Its promises run anew."),
    ),
}
