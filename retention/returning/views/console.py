"""Data return in the console: ask, watch, cancel, fetch, remove (R3)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, background, menu_required, own_transactions, step_up
from retention.returning import asking, queries
from retention.returning.downloads import FileUnreadable, Request, deliver, goes_on
from retention.returning.models import FILE_DAYS, DataReturn, Part
from retention.returning.tables import ReturnTable
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic

MENU = "console.data_return"


@menu_required(MENU, when_suspended=True)
@require_http_methods(["GET", "HEAD", "POST"])
def data_return(request: MemberRequest) -> HttpResponse:
    """What a data return holds; ask for one; below it those that are being written, those to be fetched, the others."""
    if request.method == "POST":
        try:
            asking.ask_return(actor=request.user.as_actor())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            text = _("The data return has begun. You can leave this page: a mail says when it is done.")
            messages.success(request, text)
        return redirect("console:data_return")
    found = list(queries.newest_returns())
    context = {
        "running": [row for row in found if row.is_open],
        "ready": [row for row in found if row.has_files],
        "table": ReturnTable([row for row in found if not row.is_open and not row.has_files]),
        "estimate": queries.size_estimate(),
        "days": FILE_DAYS,
        "kept": asking.KEPT,
    }
    return render(request, "returning/data_return.html", context)


@menu_required(MENU, when_suspended=True)
@background
@require_safe
def data_return_status(request: MemberRequest, returned: UUID) -> HttpResponse:
    """How far it is; its page asks every second."""
    found = queries.find_return(returned)
    if found is None:
        raise Http404
    response = render(request, "returning/_progress.html", {"row": found})
    if not found.is_open:
        response["HX-Refresh"] = "true"
    return response


@menu_required(MENU, when_suspended=True)
@require_POST
def data_return_cancel(request: MemberRequest, returned: UUID) -> HttpResponse:
    """Stop writing."""
    try:
        asking.cancel_return(_for_change(returned), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The data return was cancelled."))
    return redirect("console:data_return")


@menu_required(MENU, when_suspended=True)
@require_POST
def data_return_remove(request: MemberRequest, returned: UUID) -> HttpResponse:
    """Remove the files before their time."""
    try:
        asking.remove_files(_for_change(returned), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The files of the data return were removed."))
    return redirect("console:data_return")


@menu_required(MENU, when_suspended=True)
@require_safe
@own_transactions
def data_return_part(request: MemberRequest, returned: UUID, number: int) -> HttpResponseBase:
    """One ZIP file. Who goes on with a download that they have begun is not asked again who they are."""
    with atomic():
        row, part, name = _with_file(returned, number)
    asked = Request(request.method or "", request.headers.get("Range", ""), request.headers.get("If-Range", ""))

    def hand_out(_request: HttpRequest) -> HttpResponseBase:
        try:
            return deliver(row, part, name=name, request=asked, actor=request.user.as_actor())
        except FileUnreadable:
            messages.error(request, _("The file cannot be read at the moment. Try again later, or ask for a new one."))
            return HttpResponseRedirect(reverse("console:data_return"))

    return (hand_out if goes_on(row, part, asked) else step_up(hand_out))(request)


def _for_change(key: UUID) -> DataReturn:
    found = queries.return_for_change(key)
    if found is None:
        raise Http404
    return found


def _with_file(key: UUID, number: int) -> tuple[DataReturn, Part, str]:
    """The data return that has files still, the part, and the name under which it is handed out."""
    found, company = queries.find_return(key), current_company()
    if found is None or company is None or not found.has_files or not 0 < number <= len(found.parts):
        raise Http404
    return found, found.files[number - 1], f"{company.code}-{found.file_name(number)}"
