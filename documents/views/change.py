"""Making, renaming, moving and deleting folders and documents (D1)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from auditlog.actors import Actor
from backups.requests.outlook import outlook_of
from documents import contents, queries, tree
from documents.forms import MoveForm, NameForm
from documents.models import Document, Folder
from documents.views.browse import trail_to

form_page = require_http_methods(["GET", "HEAD", "POST"])


@menu_required("documents.edit")
@form_page
def new_folder(request: MemberRequest, folder_id: UUID | None = None) -> HttpResponse:
    """Make a folder in this one."""
    parent = _folder(folder_id) if folder_id else None
    form = NameForm(_sent(request))

    def create(values: dict[str, Any]) -> None:
        folder = tree.create_folder(name=values["name"], parent=parent, actor=request.user.as_actor())
        messages.success(request, _("The folder “%(name)s” was made.") % {"name": folder.name})

    if _done(form, create):
        return redirect(place_url(parent))
    return _form_page(request, form, parent, title=_("New folder"), submit=_("Make the folder"))


@menu_required("documents.edit")
@form_page
def rename_folder(request: MemberRequest, folder_id: UUID) -> HttpResponse:
    """Give a folder another name."""
    folder = _folder(folder_id)
    form = NameForm(_sent(request), initial={"name": folder.name})
    if _done(form, lambda values: tree.rename_folder(folder, name=values["name"], actor=request.user.as_actor())):
        messages.success(request, _("The folder was renamed."))
        return redirect(place_url(folder))
    return _form_page(request, form, folder, title=_("Rename the folder"), submit=_("Rename"))


@menu_required("documents.edit")
@form_page
def move_folder(request: MemberRequest, folder_id: UUID) -> HttpResponse:
    """Put a folder elsewhere."""
    folder = _folder(folder_id)
    form = MoveForm(_sent(request), initial={"to": folder.parent_id or ""}, without=queries.below(folder))
    actor = request.user.as_actor()
    if _done(form, lambda values: tree.move_folder(folder, to=_chosen(values), actor=actor)):
        messages.success(request, _("The folder was moved."))
        return redirect(place_url(folder))
    return _form_page(request, form, folder, title=_("Move the folder"), submit=_("Move"))


@menu_required("documents.edit")
@form_page
def delete_folder(request: MemberRequest, folder_id: UUID) -> HttpResponse:
    """Delete a folder with all that is in it, once the losses were shown."""
    folder = _folder(folder_id)
    if request.method == "POST":
        _delete(request, lambda actor: tree.delete_folder(folder, actor=actor), name=folder.name)
        return redirect(place_url(folder.parent))
    extent = queries.extent_of(folder)
    losses = [
        ngettext("%(count)d folder inside", "%(count)d folders inside", extent.folders) % {"count": extent.folders},
        _versions_lost(extent.documents, extent.versions, extent.size),
    ]
    context = {
        "name": folder.name,
        "losses": losses,
        "outlook": outlook_of(folder),
        "back": place_url(folder),
        "trail": trail_to(folder),
    }
    return render(request, "documents/delete.html", context)


@menu_required("documents.edit")
@form_page
def rename_document(request: MemberRequest, document_id: UUID) -> HttpResponse:
    """Give a document another name."""
    document = _document(document_id)
    form = NameForm(_sent(request), initial={"name": document.name})
    actor = request.user.as_actor()
    if _done(form, lambda values: contents.rename_document(document, name=values["name"], actor=actor)):
        messages.success(request, _("The document was renamed."))
        return redirect(place_url(document.folder))
    return _form_page(request, form, document, title=_("Rename the document"), submit=_("Rename"))


@menu_required("documents.edit")
@form_page
def move_document(request: MemberRequest, document_id: UUID) -> HttpResponse:
    """Put a document elsewhere."""
    document = _document(document_id)
    form = MoveForm(_sent(request), initial={"to": document.folder_id or ""})
    actor = request.user.as_actor()
    if _done(form, lambda values: contents.move_document(document, to=_chosen(values), actor=actor)):
        messages.success(request, _("The document was moved."))
        return redirect(place_url(document.folder))
    return _form_page(request, form, document, title=_("Move the document"), submit=_("Move"))


@menu_required("documents.edit")
@form_page
def delete_document(request: MemberRequest, document_id: UUID) -> HttpResponse:
    """Delete a document with all its versions, once the losses were shown."""
    document = _document(document_id)
    if request.method == "POST":
        _delete(request, lambda actor: contents.delete_document(document, actor=actor), name=document.name)
        return redirect(place_url(document.folder))
    context = {
        "name": document.name,
        "losses": [_versions_lost(1, document.version_number, queries.size_of(document))],
        "outlook": outlook_of(document),
        "back": place_url(document.folder),
        "trail": [*trail_to(document.folder), (document.name, "")],
    }
    return render(request, "documents/delete.html", context)


def place_url(folder: Folder | None) -> str:
    """The page of a folder, or of the top."""
    return reverse("documents:folder", args=[folder.id]) if folder else reverse("documents:list")


def _folder(folder_id: UUID) -> Folder:
    return get_object_or_404(queries.folders().select_related("parent"), id=folder_id)


def _document(document_id: UUID) -> Document:
    return get_object_or_404(queries.documents().select_related("folder"), id=document_id)


def _chosen(values: dict[str, Any]) -> Folder | None:
    """The folder of a MoveForm, which may have gone since the page was shown."""
    return _folder(UUID(values["to"])) if values["to"] else None


def _sent(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _done(form: forms.Form, service: Callable[[dict[str, Any]], None]) -> bool:
    """Whether the form was sent and the service did what it says; otherwise the form has the reason."""
    if not form.is_valid():
        return False
    try:
        service(form.cleaned_data)
    except ValidationError as error:
        complain(form, error)
        return False
    return True


def _delete(request: MemberRequest, service: Callable[[Actor], None], *, name: str) -> None:
    try:
        service(request.user.as_actor())
    except ValidationError as error:  # somebody else was faster
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(name)s” was deleted.") % {"name": name})


def _versions_lost(documents: int, versions: int, size: int) -> str:
    text = ngettext(
        "%(documents)d document in %(versions)d versions, %(size)s",
        "%(documents)d documents in %(versions)d versions, %(size)s",
        documents,
    )
    return text % {"documents": documents, "versions": versions, "size": filesizeformat(size)}


def _form_page(
    request: MemberRequest, form: forms.Form, about: Folder | Document | None, *, title: str, submit: str
) -> HttpResponse:
    folder = about.folder if isinstance(about, Document) else about
    context = {
        "form": form,
        "about": about,
        "title": title,
        "submit": submit,
        "back": place_url(folder),
        "trail": [*trail_to(folder), (title, "")],
    }
    return render(request, "documents/form.html", context)
