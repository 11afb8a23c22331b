"""Documents and their versions: adding, renaming, moving and deleting them (D1).

The contents themselves are stored before (`objects.py`) and removed after (`removal.py`).
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor, ActorKind
from auditlog.services import Target, record
from documents import limits, queries, removal
from documents.actions import DOCUMENT_DELETED, DOCUMENT_MOVED, DOCUMENT_OPENED, DOCUMENT_RENAMED, FILE_UPLOADED
from documents.locks import lock_tree
from documents.models import Document, DocumentVersion, Folder
from documents.names import Place
from documents.objects import StoredContent, store_content
from documents.tree import ensure_folders, require_free, still_there
from tenants.isolation.transactions import atomic
from vault.filenames import clean_name


def store_file(chunks: Iterable[bytes], *, place: Place, actor: Actor, folder: Folder | None = None) -> DocumentVersion:
    """Store a content and add it as a version at that place; missing folders are made.

    Raises ValidationError as `add_version`, and the errors of the vault; nothing is left in the store then.
    """
    content = store_content(chunks, name=place.name)
    try:
        return add_version(content, place=place, folder=folder, actor=actor)
    except ValidationError:
        removal.remove_unreferenced([content.object_name], fresh=True)
        raise


@atomic()
def add_version(content: StoredContent, *, place: Place, actor: Actor, folder: Folder | None = None) -> DocumentVersion:
    """Make a stored content the newest version of the document at that place, or its first one.

    Raises ValidationError for a bad or a taken name, too many levels, a full storage, or a folder that is gone.
    """
    name = clean_name(place.name)
    parent = ensure_folders(place.folders, within=folder, actor=actor)
    room = limits.allowance().room
    if content.size > room:
        raise limits.storage_full(room)
    document = Document.objects.filter(folder=parent, name=name).first()
    if document is None:
        require_free(name, parent)
        document = Document(folder=parent, name=name)
    now = timezone.now()
    document.version_number += 1
    document.size, document.content_type = content.size, content.content_type
    document.changed_by_name, document.changed_at = actor.name, now
    document.save()
    version = DocumentVersion(
        document=document,
        number=document.version_number,
        object_name=content.object_name,
        size=content.size,
        sha256=content.sha256,
        content_type=content.content_type,
        uploaded_by_id=actor.id if actor.kind == ActorKind.USER else None,
        uploaded_by_name=actor.name,
        uploaded_at=now,
    )
    version.save(force_insert=True)
    limits.note_storage(content.size)
    facts = {"version": version.number, "size": version.size, "sha256": version.sha256, "type": version.content_type}
    record(FILE_UPLOADED, actor=actor, target=target_of(document), after=facts)
    return version


@atomic()
def rename_document(document: Document, *, name: str, actor: Actor) -> None:
    """Give the document another name. Raises ValidationError for a bad or a taken one."""
    name = clean_name(name)
    current = _locked(document)
    before = current.name
    if name == before:
        return
    require_free(name, current.folder)
    current.name = name
    current.save(update_fields=["name", "search_name"])
    record(DOCUMENT_RENAMED, actor=actor, target=target_of(current), before={"name": before}, after={"name": name})


@atomic()
def move_document(document: Document, *, to: Folder | None, actor: Actor) -> None:
    """Put the document into another folder, or to the top. Raises ValidationError where its name is taken."""
    current = _locked(document)
    to = to and still_there(to)
    if current.folder_id == (to.id if to else None):
        return
    require_free(current.name, to)
    before = target_of(current).label
    current.folder = to
    current.save(update_fields=["folder"])
    target = target_of(current)
    record(DOCUMENT_MOVED, actor=actor, target=target, before={"path": before}, after={"path": target.label})


@atomic()
def delete_document(document: Document, *, actor: Actor) -> None:
    """Delete the document with all its versions, for good; the stored contents go once this is committed."""
    current = _locked(document)
    names, size = list(current.versions.values_list("object_name", flat=True)), queries.size_of(current)
    record(DOCUMENT_DELETED, actor=actor, target=target_of(current), before={"versions": len(names)})
    removal.remove_on_commit(names)
    current.versions.all().delete()
    current.delete()
    limits.note_storage(-size)


@atomic()
def note_opened(document: Document, *, actor: Actor) -> None:
    """Record that somebody looks at the page of the document: who saw what is asked later (G2, G3)."""
    record(DOCUMENT_OPENED, actor=actor, target=target_of(document), after={"version": document.version_number})


def target_of(document: Document) -> Target:
    """The document as the audit log names it, with its whole path: the same name may stand in many places."""
    path = queries.path_of(document.folder, document.name)
    return Target(Document._meta.label_lower, str(document.id), path)


def _locked(document: Document) -> Document:
    """The document as it is now, with the tree locked. Raises ValidationError if it was deleted meanwhile."""
    lock_tree()
    found = Document.objects.select_related("folder").filter(id=document.id).first()
    if found is None:
        raise ValidationError(_("This document was deleted in the meantime."), code="gone")
    return found
