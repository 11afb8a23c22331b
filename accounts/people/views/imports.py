"""Import of users in the console: upload, look, import or discard, watch (A8, T7)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from accounts import queries as accounts_queries
from accounts.access import MemberRequest, background, menu_required, own_transactions, step_up
from accounts.people import exporting, importing, queries
from accounts.people.csvfile import read_rows
from accounts.people.forms import CappedUpload, ImportForm
from accounts.people.models import ImportState, UserImport
from accounts.people.problems import Problem
from accounts.people.progress import progress_of
from accounts.people.tables import ImportTable, PreviewTable, ProblemTable
from tenants import limits
from tenants.isolation.transactions import atomic

_PER_PAGE = 50


@menu_required("console.users")
@require_http_methods(["GET", "HEAD", "POST"])
@own_transactions
@csrf_exempt  # `_upload` checks the token, after the cap was set: the check reads the body
def import_list(request: MemberRequest) -> HttpResponseBase:
    """Upload a list; below it the last imports. No transaction is open while the file comes in."""
    if request.method == "POST":
        cap = CappedUpload(request)
        request.upload_handlers.insert(0, cap)
        return _upload(request, cap)
    with atomic():
        return _list_page(request, ImportForm())


@csrf_protect
def _upload(request: MemberRequest, cap: CappedUpload) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES, too_large=cap.too_large)
    with atomic():
        if not form.is_valid():
            return _list_page(request, form)
        file = form.cleaned_data["file"]
        room = limits.users_of_plan().room
        row = importing.upload(file_name=file.name, content=file.read(), room=room, actor=request.user.as_actor())
        return redirect("console:user_import", row.id)


@menu_required("console.users")
@require_safe
def import_template(_request: MemberRequest) -> HttpResponse:
    """The headings of a list, to begin with."""
    headers = {"Content-Disposition": content_disposition_header(True, "users.csv") or "attachment"}
    return HttpResponse(exporting.template(), content_type="text/csv; charset=utf-8", headers=headers)


@menu_required("console.users")
@require_safe
def import_detail(request: MemberRequest, upload: UUID) -> HttpResponse:
    """What is wrong with a list, or what it will do, or how far it is."""
    found = queries.find_import(upload)
    if found is None:
        raise Http404
    context = {"upload": found, "states": ImportState, "trail": _trail(found.file_name), **_progress(found)}
    if found.state == ImportState.FAULTY:
        context["table"] = ProblemTable([Problem(*entry) for entry in found.problems])
    elif found.state == ImportState.READY:
        context["table"] = PreviewTable(read_rows(bytes(found.content or b"")))
    if "table" in context:
        RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(context["table"])
    return render(request, "accounts/console/user_import.html", context)


@menu_required("console.users")
@background
@require_safe
def import_status(request: MemberRequest, upload: UUID) -> HttpResponse:
    """How far an import is; asked every second, so it reads one short row."""
    found = queries.state_of_import(upload)
    if found is None:
        raise Http404
    response = render(request, "accounts/console/_import_progress.html", {"upload": found, **_progress(found)})
    if found.state != ImportState.QUEUED:
        response["HX-Refresh"] = "true"
    return response


@menu_required("console.users")
@require_POST
@step_up
def import_start(request: MemberRequest, upload: UUID) -> HttpResponse:
    """Import everybody on the list."""
    found = _for_change(upload)
    try:
        importing.start(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("console:user_import", found.id)


@menu_required("console.users")
@require_POST
def import_discard(request: MemberRequest, upload: UUID) -> HttpResponse:
    """Delete the list."""
    found = _for_change(upload)
    try:
        importing.discard(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("console:user_import", found.id)
    messages.success(request, _("The list was deleted."))
    return redirect("console:user_imports")


def _for_change(key: UUID) -> UserImport:
    found = queries.import_for_change(key)
    if found is None:
        raise Http404
    return found


def _progress(row: UserImport) -> dict[str, object]:
    done, total = progress_of(row.id) if row.state == ImportState.QUEUED else (0, 0)
    return {"done": done, "total": total or row.row_count}


def _list_page(request: MemberRequest, form: ImportForm) -> HttpResponse:
    context = {
        "form": form,
        "table": ImportTable(queries.newest_imports()),
        "roles": list(accounts_queries.roles()),
        "use": limits.users_of_plan(),
        "trail": _trail(),
    }
    return render(request, "accounts/console/user_imports.html", context)


def _trail(*name: str) -> list[tuple[str, str]]:
    steps = [(_("Users"), reverse("console:users")), (_("Import"), reverse("console:user_imports"))]
    return [*steps, *((text, "") for text in name)]
