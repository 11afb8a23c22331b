"""Forwarding of the audit log in the console (G2)."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up, step_up_to_change
from accounts.forms import complain
from auditlog.forwarding import destinations, queries
from auditlog.forwarding.forms import DestinationForm, NewDestinationForm
from auditlog.forwarding.models import MOST_DESTINATIONS, Destination, DestinationKind
from auditlog.forwarding.reading import MOST_COUNTED
from auditlog.forwarding.tables import DestinationTable
from auditlog.forwarding.trouble import Trouble
from tenants.isolation.transactions import atomic

_MENU = "console.audit_settings"


@menu_required(_MENU)
@require_safe
def forwarding(request: MemberRequest) -> HttpResponse:
    """Where the log goes, and how each destination does."""
    found = queries.with_backlog(queries.destinations())
    context = {"table": DestinationTable(found), "full": len(found) >= MOST_DESTINATIONS, "most": MOST_DESTINATIONS}
    return render(request, "auditlog/forwarding/list.html", context)


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def forwarding_new(request: MemberRequest, kind: str) -> HttpResponse:
    """Add a webhook or a syslog server."""
    form = NewDestinationForm(request.POST or None, kind=kind)
    if form.is_valid():
        try:
            destination, secret = destinations.add_destination(
                DestinationKind(kind), form.wanted(), since=form.cleaned_data["since"], actor=request.user.as_actor()
            )
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The destination was added. Send a test to it now."))
            return _shown(request, destination, secret=secret) if secret else _back(destination)
    title = _("Add a webhook") if kind == DestinationKind.WEBHOOK else _("Add a syslog server")
    return _form_page(request, form, title, reverse("console:forwarding"), _trail(title))


@menu_required(_MENU)
@require_safe
def forwarding_destination(request: MemberRequest, destination: UUID) -> HttpResponse:
    """One destination: how it does, and what can be done about it."""
    return _shown(request, _found(destination))


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def forwarding_edit(request: MemberRequest, destination: UUID) -> HttpResponse:
    """Change it."""
    found = _found(destination)
    form = DestinationForm.showing(request.POST or None, found)
    if form.is_valid():
        try:
            destinations.change_destination(found, form.wanted(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The changes were saved."))
            return _back(found)
    back = reverse("console:forwarding_destination", args=[found.id])
    return _form_page(request, form, _("Change the destination"), back, _trail(found.name, back, _("Change")))


@menu_required(_MENU)
@require_POST
@own_transactions
@step_up
def forwarding_test(request: MemberRequest, destination: UUID) -> HttpResponse:
    """Send a test, and show what the receiver answered."""
    with atomic():
        found = _found(destination)
    try:
        tested = destinations.send_test(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(found)
    with atomic():
        trouble = Trouble(tested.trouble).label if tested.trouble else ""
        return _shown(request, _found(destination), tested=tested, test_trouble=trouble)


@menu_required(_MENU)
@require_POST
@step_up
def forwarding_pause(request: MemberRequest, destination: UUID) -> HttpResponse:
    """Send nothing for a while."""
    found = _found(destination)
    destinations.pause(found, actor=request.user.as_actor())
    messages.success(request, _("Forwarding is paused. What happens meanwhile is sent when you resume it."))
    return _back(found)


@menu_required(_MENU)
@require_POST
@step_up
def forwarding_resume(request: MemberRequest, destination: UUID) -> HttpResponse:
    """Go on."""
    found = _found(destination)
    destinations.resume(found, actor=request.user.as_actor())
    messages.success(request, _("Forwarding goes on within a minute."))
    return _back(found)


@menu_required(_MENU)
@require_POST
@step_up
def forwarding_secret(request: MemberRequest, destination: UUID) -> HttpResponse:
    """Renew the secret of a webhook, and show the new one this once."""
    found = _found(destination)
    if found.kind != DestinationKind.WEBHOOK:
        raise Http404
    return _shown(request, found, secret=destinations.renew_secret(found, actor=request.user.as_actor()), renewed=True)


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def forwarding_remove(request: MemberRequest, destination: UUID) -> HttpResponse:
    """Ask, then remove it."""
    found = _found(destination)
    if request.method == "POST":
        destinations.remove_destination(found, actor=request.user.as_actor())
        messages.success(request, _("The destination was removed."))
        return redirect("console:forwarding")
    back = reverse("console:forwarding_destination", args=[found.id])
    context = {"destination": found, "trail": _trail(found.name, back, _("Remove"))}
    return render(request, "auditlog/forwarding/remove.html", context)


def _found(key: UUID) -> Destination:
    """The destination of that key; 404 for one of another company."""
    found = queries.find_destination(key)
    if found is None:
        raise Http404
    return found


def _back(destination: Destination) -> HttpResponse:
    return redirect("console:forwarding_destination", destination.id)


def _trail(*rest: str) -> list[tuple[str, str]]:
    """The way to a page: the list, then a name with or without an address, then the page itself."""
    trail = [(_("Forwarding"), reverse("console:forwarding"))]
    if len(rest) == 3:
        trail.append((rest[0], rest[1]))
    return [*trail, (rest[-1], "")]


def _form_page(
    request: MemberRequest, form: DestinationForm, title: str, back: str, trail: list[tuple[str, str]]
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "trail": trail}
    return render(request, "auditlog/forwarding/form.html", context)


def _shown(request: MemberRequest, destination: Destination, **more: Any) -> HttpResponse:
    (found,) = queries.with_backlog([destination])
    context = {
        "destination": found,
        "most_counted": MOST_COUNTED,
        "trail": _trail(found.name),
        "seconds": settings.FORWARDING_SECONDS,
    }
    return render(request, "auditlog/forwarding/destination.html", context | more)
