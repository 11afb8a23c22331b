"""What operators see of the status page, and the states that they set by hand (N1)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from incidents.status import overriding
from incidents.status.forms import OverrideForm
from incidents.status.queries import overrides_in_force, standing_of_page, subscriber_counts
from incidents.status.tables import StateTable
from tenants.isolation.tasks import queue_on_commit

_MENU = "operator.monitoring"


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def status_page(request: MemberRequest) -> HttpResponse:
    """What the page says now, how old it is, who reads it by mail; a state that is set by hand."""
    form = OverrideForm(request.POST or None)
    if form.is_valid():
        try:
            overriding.set_state(**form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The status page shows this state within a minute."))
            return redirect("operator:status_page")
    now = timezone.now()
    standing = standing_of_page(now)
    confirmed, waiting = subscriber_counts()
    context: dict[str, Any] = {
        "form": form,
        "standing": standing,
        "states": StateTable(standing.states(overrides_in_force(now))),
        "confirmed": confirmed,
        "waiting": waiting,
    }
    return render(request, "incidents/status/operator.html", context)


@menu_required(_MENU)
@require_POST
def render_now(request: MemberRequest) -> HttpResponse:
    """Have the page made anew at once."""
    queue_on_commit(overriding.RENDER)
    messages.success(request, _("The status page is being made anew."))
    return redirect("operator:status_page")


@menu_required(_MENU)
@require_POST
def free(request: MemberRequest, override_id: UUID) -> HttpResponse:
    """Show again what is measured."""
    if not overriding.free_state(override_id, actor=request.user.as_actor()):
        raise Http404
    messages.success(request, _("The status page shows again what is measured, within a minute."))
    return redirect("operator:status_page")
