"""Maintenance on the operators' pages: plan, announce, and record how it goes (N6)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from incidents.maintenance import queries, services
from incidents.maintenance.announcing import content_of_announcement
from incidents.maintenance.forms import PlanForm, ProlongForm, ReasonForm
from incidents.maintenance.models import Maintenance, MaintenanceState
from incidents.maintenance.plan import is_in_time, latest_announcement
from incidents.maintenance.tables import MaintenanceTable

MENU = "operator.notices"


@menu_required(MENU)
@require_safe
def maintenances(request: MemberRequest) -> HttpResponse:
    """What is ahead, or what is over."""
    show = "past" if request.GET.get("show") == "past" else ""
    page = queries.maintenance_page(number=request.GET.get("page", 1), show=show)
    context = {"page": page, "table": MaintenanceTable(page.object_list), "show": show}
    return render(request, "incidents/maintenance/list.html", context)


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def maintenance_new(request: MemberRequest) -> HttpResponse:
    """Plan it; nobody is told yet."""
    form = PlanForm(request.POST or None)
    if form.is_valid():
        try:
            planned = services.plan_maintenance(form.plan(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The plan is saved. Look at the announcement below, then announce it."))
            return redirect("operator:maintenance", planned.id)
    context = {"form": form, "trail": _trail(_("Plan maintenance"))}
    return render(request, "incidents/maintenance/form.html", context)


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def maintenance_edit(request: MemberRequest, maintenance_id: UUID) -> HttpResponse:
    """Plan it differently, while nobody was told."""
    found = _found(maintenance_id)
    if found.state != MaintenanceState.PLANNED:
        raise Http404
    form = PlanForm(request.POST or None, initial=PlanForm.initial_of(found))
    if form.is_valid():
        try:
            services.revise_maintenance(found, form.plan(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The plan is changed."))
            return redirect("operator:maintenance", found.id)
    context = {"form": form, "found": found, "trail": _trail(_("Change the plan"))}
    return render(request, "incidents/maintenance/form.html", context)


@menu_required(MENU)
@require_safe
def maintenance(request: MemberRequest, maintenance_id: UUID) -> HttpResponse:
    """One of them: what companies read, how it went, and what can be done."""
    return _page(request, _found(maintenance_id))


@menu_required(MENU)
@require_POST
def maintenance_announce(request: MemberRequest, maintenance_id: UUID) -> HttpResponse:
    """Tell all companies."""
    found = _found(maintenance_id)
    done = _("Companies are told now.")
    return _act(request, found, lambda: services.announce_maintenance(found, actor=request.user.as_actor()), done)


@menu_required(MENU)
@require_POST
def maintenance_start(request: MemberRequest, maintenance_id: UUID) -> HttpResponse:
    """It begins."""
    found = _found(maintenance_id)
    done = _("The beginning is recorded.")
    return _act(request, found, lambda: services.start_maintenance(found, actor=request.user.as_actor()), done)


@menu_required(MENU)
@require_POST
def maintenance_end(request: MemberRequest, maintenance_id: UUID) -> HttpResponse:
    """It is over."""
    found = _found(maintenance_id)
    done = _("The end is recorded, and companies see it.")
    return _act(request, found, lambda: services.end_maintenance(found, actor=request.user.as_actor()), done)


@menu_required(MENU)
@require_POST
def maintenance_prolong(request: MemberRequest, maintenance_id: UUID) -> HttpResponse:
    """It takes longer."""
    found, form = _found(maintenance_id), ProlongForm(request.POST)

    def act() -> None:
        ends_at = form.cleaned_data["ends_at"]
        services.prolong_maintenance(found, ends_at=ends_at, reason=form.reason(), actor=request.user.as_actor())

    return _act(request, found, act, _("Companies are told of the new end."), prolong_form=form)


@menu_required(MENU)
@require_POST
def maintenance_cancel(request: MemberRequest, maintenance_id: UUID) -> HttpResponse:
    """It does not take place."""
    found, form = _found(maintenance_id), ReasonForm(request.POST)

    def act() -> None:
        services.cancel_maintenance(found, reason=form.reason(), actor=request.user.as_actor())

    return _act(request, found, act, _("The maintenance is cancelled."), cancel_form=form)


def _act(
    request: MemberRequest, found: Maintenance, act: Callable[[], object], done: str, **forms: Form
) -> HttpResponse:
    """Do it, and go back; or show the maintenance with what is wrong."""
    form = next(iter(forms.values()), None)
    if form is None or form.is_valid():
        try:
            act()
        except ValidationError as error:
            if form is None:
                messages.error(request, " ".join(error.messages))
            else:
                complain(form, error)
        else:
            messages.success(request, done)
    if form is not None and form.errors:
        return _page(request, found, **forms)
    return redirect("operator:maintenance", found.id)


def _page(request: MemberRequest, found: Maintenance, **forms: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "found": found,
        "content": content_of_announcement(found),
        "latest": latest_announcement(found.begins_at),
        "in_time": is_in_time(found.announced_at or timezone.now(), found.begins_at),
        "prolong_form": ProlongForm(initial={"ends_at": found.ends_at}),
        "cancel_form": ReasonForm(),
        "trail": _trail(found.title),
    }
    return render(request, "incidents/maintenance/maintenance.html", context | forms)


def _found(maintenance_id: UUID) -> Maintenance:
    found = queries.find_maintenance(maintenance_id)
    if found is None:
        raise Http404
    return found


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("Maintenance"), reverse("operator:maintenances")), (here, "")]
