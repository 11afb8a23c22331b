"""The company's own list of IP addresses in the console (A4)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from accounts.network import entries, queries
from accounts.network.admission import is_listed
from accounts.network.forms import NetworkForm, PasteForm
from accounts.network.models import MOST_NETWORKS, AllowedNetwork
from accounts.network.opening import end_opening
from accounts.network.tables import NetworkTable, OutsideTable, RefusedTable
from accounts.sessions import sessions_outside
from auditlog.context import current_origin

_SHOWN_OUTSIDE = 20


@menu_required("console.network")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """The list, whether it is enforced, where you are yourself, who is outside, who was refused."""
    context = {
        "policy": queries.current_restriction(),
        "networks": NetworkTable(queries.allowed_networks()),
        "most": MOST_NETWORKS,
        "refused": RefusedTable(queries.refused_lately()),
        "may_audit": "console.audit" in request.menus,
    }
    return render(request, "accounts/console/network.html", context | _standing())


@menu_required("console.network")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def add(request: MemberRequest) -> HttpResponse:
    """Put one network on the list; the form begins with one's own address, if that is not on it."""
    address = current_origin().ip
    form = NetworkForm(request.POST or None, initial={"cidr": "" if is_listed(address) else address})
    if _done(form, lambda: entries.add_network(form.entry(), actor=request.user.as_actor())):
        messages.success(request, _("The network was added."))
        return redirect("console:network")
    return _form_page(request, form, _("Add a network"))


@menu_required("console.network")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def paste(request: MemberRequest) -> HttpResponse:
    """Put many networks on the list, all of them or none."""
    form = PasteForm(request.POST or None)
    count = _done(form, lambda: entries.add_networks(form.cleaned_data["lines"], actor=request.user.as_actor()))
    if count:
        text = ngettext("%(count)d network was added.", "%(count)d networks were added.", count)
        messages.success(request, text % {"count": count})
        return redirect("console:network")
    return _form_page(request, form, _("Add several networks"))


@menu_required("console.network")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def edit(request: MemberRequest, network: UUID) -> HttpResponse:
    """Correct an entry."""
    found = _network(network)
    initial = {"cidr": found.cidr, "name": found.name, "note": found.note}
    form = NetworkForm(request.POST or None, initial=initial)

    def change() -> bool:
        entries.change_network(found, form.entry(), actor=request.user.as_actor())
        return True

    if _done(form, change):
        messages.success(request, _("The changes were saved."))
        return redirect("console:network")
    return _form_page(request, form, initial["name"])


@menu_required("console.network")
@require_POST
@step_up
def remove(request: MemberRequest, network: UUID) -> HttpResponse:
    """Take an entry off the list."""
    found = _network(network)
    try:
        entries.remove_network(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(network)s was removed from the list.") % {"network": found})
    return redirect("console:network")


@menu_required("console.network")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def switch(request: MemberRequest) -> HttpResponse:
    """Show who would be shut out, then enforce the list; or let everybody in again."""
    policy = queries.current_restriction()
    if request.method != "POST":
        context = {"policy": policy, "trail": _trail(_("Restriction"))}
        return render(request, "accounts/console/network_switch.html", context | _standing())
    restricted = request.POST.get("restricted") == "1"
    try:
        entries.switch_restriction(restricted=restricted, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        on, off = _("From now on, only networks on the list get in."), _("From now on, every address gets in.")
        messages.success(request, on if restricted else off)
    return redirect("console:network")


@menu_required("console.network")
@require_POST
def close(request: MemberRequest) -> HttpResponse:
    """End the provider's emergency opening before its time."""
    try:
        end_opening(actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The opening is over. Only networks on the list get in."))
    return redirect("console:network")


def _standing() -> dict[str, Any]:
    """Where whoever asks is, and who is outside of the list."""
    address, outside = current_origin().ip, sessions_outside()
    count = outside.count()
    return {
        "address": address,
        "is_listed": is_listed(address),
        "outside_count": count,
        "outside": OutsideTable(outside[:_SHOWN_OUTSIDE]),
    }


def _done(form: BaseForm, deed: Callable[[], Any]) -> Any:
    """What the deed returns, if the form is in order and no rule is against it; the form says what is wrong."""
    if not form.is_valid():
        return None
    try:
        return deed()
    except ValidationError as error:
        complain(form, error)
        return None


def _network(key: UUID) -> AllowedNetwork:
    """The entry of that key; 404 for one of another company."""
    found = queries.find_network(key)
    if found is None:
        raise Http404
    return found


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("IP addresses"), reverse("console:network")), (here, "")]


def _form_page(request: MemberRequest, form: BaseForm, title: str) -> HttpResponse:
    return render(request, "accounts/console/network_form.html", {"form": form, "title": title, "trail": _trail(title)})
