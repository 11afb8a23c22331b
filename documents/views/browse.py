"""Looking at folders, documents and search results (D1)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from documents import limits, queries
from documents.contents import note_opened
from documents.filters import NameFilter
from documents.models import Folder
from documents.tables import ContentsTable, FoundTable, VersionTable, paged, type_label


@menu_required("documents")
@require_safe
def contents(request: MemberRequest, folder_id: UUID | None = None) -> HttpResponse:
    """What is in a folder, or at the top."""
    folder = get_object_or_404(queries.folders(), id=folder_id) if folder_id else None
    may_edit = "documents.edit" in request.menus
    context: dict[str, Any] = {
        "folder": folder,
        "trail": trail_to(folder),
        "may_edit": may_edit,
        "search": NameFilter(queryset=queries.folders()).form,
        "table": paged(ContentsTable(queries.rows_of(folder), may_edit=may_edit), request),
    }
    if may_edit:
        context["maximum"] = limits.file_limit()
    return render(request, "documents/list.html", context)


@menu_required("documents")
@require_safe
def search(request: MemberRequest) -> HttpResponse:
    """Folders and documents of all places by their name."""
    folders = NameFilter(request.GET, queryset=queries.folders())
    documents = NameFilter(request.GET, queryset=queries.documents())
    asked = bool(folders.form.is_valid() and folders.form.cleaned_data["name"])
    found = queries.rows(folders.qs, documents.qs) if asked else queries.rows(folders.qs.none(), documents.qs.none())
    table = paged(FoundTable(found, may_edit="documents.edit" in request.menus), request)
    table.find_ways()
    context = {
        "search": folders.form,
        "asked": asked,
        "table": table,
        "trail": [*trail_to(None), (_("Search"), "")],
    }
    return render(request, "documents/search.html", context)


@menu_required("documents")
@require_safe
def document(request: MemberRequest, document_id: UUID) -> HttpResponse:
    """One document with its versions."""
    found = get_object_or_404(queries.documents().select_related("folder"), id=document_id)
    if request.method == "GET":
        note_opened(found, actor=request.user.as_actor())
    current = queries.versions_of(found).get(number=found.version_number)
    context = {
        "document": found,
        "current": current,
        "type": type_label(current.content_type),
        "trail": [*trail_to(found.folder), (found.name, "")],
        "may_edit": "documents.edit" in request.menus,
        "may_audit": "console.audit" in request.menus,
        "table": paged(VersionTable(queries.versions_of(found)), request),
    }
    return render(request, "documents/document.html", context)


def trail_to(folder: Folder | None) -> list[tuple[str, str]]:
    """The way to the folder, as breadcrumbs."""
    top = (_("Documents"), reverse("documents:list"))
    return [top, *((step.name, reverse("documents:folder", args=[step.id])) for step in queries.way_to(folder))]
