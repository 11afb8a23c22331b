"""Chats for alarms and what operators were told, on the operators' pages (N9)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up, step_up_to_change
from accounts.forms import complain
from auditlog.forwarding.trouble import Trouble
from incidents.alarms import channels as chats
from incidents.alarms import queries
from incidents.alarms.forms import ChannelForm
from incidents.alarms.models import AlarmChannel
from incidents.alarms.tables import AlarmTable, ChannelTable
from tenants.isolation.transactions import atomic

_MENU = "operator.monitoring"


@menu_required(_MENU)
@require_safe
def channels(request: MemberRequest) -> HttpResponse:
    """The chats, and the alarms so far."""
    page = queries.alarm_page(number=request.GET.get("page", 1))
    context = {
        "channels": ChannelTable(queries.channels()),
        "page": page,
        "alarms": AlarmTable(queries.reaches(list(page.object_list))),
    }
    return render(request, "incidents/alarms/channels.html", context)


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def channel_new(request: MemberRequest) -> HttpResponse:
    """Add a chat."""
    form = ChannelForm(request.POST or None, initial={"language": get_language()})
    if form.is_valid():
        try:
            chats.add_channel(form.wanted(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The chat was added. Send a test to it now."))
            return redirect("operator:channels")
    return _form_page(request, form, _("Add a chat"))


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def channel(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Change a chat."""
    found = _found(channel_id)
    form = ChannelForm.showing(request.POST or None, found)
    if form.is_valid():
        try:
            chats.change_channel(found.id, form.wanted(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The changes were saved."))
            return redirect("operator:channels")
    return _form_page(request, form, found.name, found)


@menu_required(_MENU)
@require_POST
@own_transactions
@step_up
def channel_test(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Post a test, and say what the server answered."""
    with atomic():
        found = _found(channel_id)
    try:
        tested = chats.send_test(found.id, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("operator:channels")
    if tested.ok:
        messages.success(request, _("The test is in the chat %(name)s.") % {"name": found.name})
    else:
        text = f"{found.name}: {Trouble(tested.trouble).label} {tested.answer}"
        messages.error(request, text.strip())
    return redirect("operator:channels")


@menu_required(_MENU)
@require_POST
@step_up
def channel_switch(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Post there from now on, or no more."""
    found = _found(channel_id)
    changed = chats.switch_channel(found.id, on=not found.active, actor=request.user.as_actor())
    text = _("Alarms are posted in %(name)s again.") if changed.active else _("Alarms are not posted in %(name)s now.")
    messages.success(request, text % {"name": found.name})
    return redirect("operator:channels")


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def channel_remove(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Remove a chat, after a question."""
    found = _found(channel_id)
    if request.method == "POST":
        chats.remove_channel(found.id, actor=request.user.as_actor())
        messages.success(request, _("The chat %(name)s was removed.") % {"name": found.name})
        return redirect("operator:channels")
    return render(request, "incidents/alarms/remove.html", {"channel": found, "trail": _trail(_("Remove the chat"))})


def _form_page(
    request: MemberRequest, form: ChannelForm, title: str, found: AlarmChannel | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "channel": found, "trail": _trail(title)}
    return render(request, "incidents/alarms/channel.html", context)


def _found(channel_id: UUID) -> AlarmChannel:
    found = queries.find_channel(channel_id)
    if found is None:
        raise Http404
    return found


def _trail(title: str) -> list[tuple[str, str]]:
    return [(_("Chats and alarms"), reverse("operator:channels")), (title, "")]
