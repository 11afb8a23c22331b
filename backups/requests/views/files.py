"""The deleted files of a generation in the console: look, search, choose, bring back (B6)."""

import logging
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up
from backups.errors import ArchiveDamaged
from backups.models import Archive
from backups.requests import asking, queries
from backups.requests.forms import SearchForm, keys_in
from backups.requests.generation import DeletedFile, FolderCount, Generation, read_generation
from backups.requests.models import RestoreProblem
from backups.requests.tables import DeletedFileTable
from tenants.isolation.transactions import atomic
from vault.errors import TenantKeysMissing, VaultError

logger = logging.getLogger(__name__)

_SHOWN = 50


class Line(NamedTuple):
    """A file, or a folder in which files are deleted, as a row of the list."""

    is_file: bool
    id: UUID
    name: str
    place: str
    number: int
    size: int = 0
    version: int = 0
    content_type: str = ""
    changed_by: str = ""
    changed_at: Any = None


@menu_required("console.backups")
@require_safe
def newest_files(request: MemberRequest) -> HttpResponse:
    """To the newest generation; without one, the page says when there will be one."""
    newest = queries.generations().first()
    if newest is not None:
        return redirect("console:deleted_files", newest.id)
    return render(request, "backups/requests/no_generation.html")


@menu_required("console.backups")
@require_http_methods(["GET", "HEAD", "POST"])
@own_transactions
@step_up
def deleted_files(request: MemberRequest, archive: UUID) -> HttpResponse:
    """What a generation holds that does not exist now, folder by folder or found by name; what is ticked comes back."""
    with atomic():
        generations = list(queries.generations())
    chosen = next((one for one in generations if one.id == archive), None)
    if chosen is None:
        raise Http404
    try:
        found = read_generation(chosen)
    except (ArchiveDamaged, VaultError, ValidationError) as error:
        return _unreadable(request, chosen, generations, error)
    if request.method == "POST":
        response = _ask(request, chosen, found)
        if response is not None:
            return response
    return _page(request, chosen, generations, found)


def _ask(request: MemberRequest, archive: Archive, found: Generation) -> HttpResponse | None:
    documents, folders = keys_in(request.POST.getlist("documents")), keys_in(request.POST.getlist("folders"))
    try:
        with atomic():
            made = asking.ask_for_files(
                archive, found, documents=documents, folders=folders, actor=request.user.as_actor()
            )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    return redirect("console:restore", made.id)


def _page(request: MemberRequest, archive: Archive, generations: list[Archive], found: Generation) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    place = next(iter(keys_in([request.GET.get("in", "")])), None)
    lines: list[FolderCount | DeletedFile]
    if text:
        lines = list(found.search(text))
    else:
        folders, files = found.inside(place)
        lines = [*folders, *files]
    page = Paginator(lines, _SHOWN).get_page(request.GET.get("page"))
    context = {
        "archive": archive,
        "generations": generations,
        "form": form,
        "text": text,
        "way": [] if text else found.way_to(place),
        "number": len(found.files),
        "page": page,
        "table": DeletedFileTable([_line(found, one) for one in page.object_list]),
    }
    with atomic():
        return render(request, "backups/requests/files.html", context)


def _line(found: Generation, one: FolderCount | DeletedFile) -> Line:
    if isinstance(one, FolderCount):
        return Line(False, one.id, one.name, "", one.number)
    place = found.path_of(one.folder_id)
    details = (one.size, one.version, one.content_type, one.changed_by, one.changed_at)
    return Line(True, one.id, one.name, place, 1, *details)


def _unreadable(request: MemberRequest, archive: Archive, generations: list[Archive], error: Exception) -> HttpResponse:
    """The generation cannot be looked at just now, or not at all: say so, and offer the others."""
    if isinstance(error, ValidationError):
        problem = " ".join(error.messages)
    else:
        logger.error("The files of the backup %s cannot be listed: %s", archive.id, error)
        damaged, missing = isinstance(error, ArchiveDamaged), isinstance(error, TenantKeysMissing)
        kind = RestoreProblem.DAMAGED if damaged else RestoreProblem.KEYS if missing else RestoreProblem.STORE
        problem = str(kind.label)
    context = {"archive": archive, "generations": generations, "problem": problem}
    with atomic():
        return render(request, "backups/requests/files.html", context)
