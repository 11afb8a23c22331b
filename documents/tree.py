"""Folders: making, renaming, moving and deleting them (D1).

Changes of one tenant's tree happen one after the other (`locks.py`). That is what makes the rules hold that no
constraint of the database can say: a folder and a document of one place never share a name, no folder gets into itself.
"""

import itertools
from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import Target, record, record_many
from documents import limits, queries, removal
from documents.actions import DOCUMENT_DELETED, FOLDER_CREATED, FOLDER_DELETED, FOLDER_MOVED, FOLDER_RENAMED
from documents.locks import lock_tree
from documents.models import Document, DocumentVersion, Folder
from documents.names import DEPTH_LIMIT, too_deep
from tenants.isolation.transactions import atomic
from vault.filenames import clean_name

# The audit log tells what went with a folder, but not without end.
_NAMES_RECORDED = 1000
_AT_ONCE = 1000


def still_there(folder: Folder) -> Folder:
    """The folder as it is now, behind the lock. Raises ValidationError if somebody has deleted it meanwhile."""
    found = Folder.objects.filter(id=folder.id).first()
    if found is None:
        raise ValidationError(_("This folder was deleted in the meantime."), code="gone")
    return found


def require_free(name: str, folder: Folder | None, *, but: UUID | None = None) -> None:
    """Raise ValidationError if something in the folder has the name; `but` is the folder that may have it."""
    others = Folder.objects.filter(parent=folder, name=name)
    if but is not None:
        others = others.exclude(id=but)
    if others.exists() or Document.objects.filter(folder=folder, name=name).exists():
        raise ValidationError(
            _("There is something called “%(name)s” here already."), code="taken", params={"name": name}
        )


@atomic()
def create_folder(*, name: str, parent: Folder | None, actor: Actor) -> Folder:
    """Make a folder. Raises ValidationError for a bad name, a taken one, or too many levels."""
    name = clean_name(name)
    lock_tree()
    parent = parent and still_there(parent)
    require_free(name, parent)
    if len(queries.way_to(parent)) >= DEPTH_LIMIT:
        raise too_deep()
    folder = Folder(name=name, parent=parent, created_by_name=actor.name)
    folder.save(force_insert=True)
    record(FOLDER_CREATED, actor=actor, target=_target(folder))
    return folder


@atomic()
def ensure_folders(names: Sequence[str], *, within: Folder | None, actor: Actor) -> Folder | None:
    """The folder at the end of the names, made with all that is missing on the way."""
    lock_tree()
    folder = within and still_there(within)
    for name in names:
        found = Folder.objects.filter(parent=folder, name=clean_name(name)).first()
        folder = found or create_folder(name=name, parent=folder, actor=actor)
    return folder


@atomic()
def rename_folder(folder: Folder, *, name: str, actor: Actor) -> None:
    """Give the folder another name."""
    name = clean_name(name)
    lock_tree()
    current = still_there(folder)
    require_free(name, current.parent, but=current.id)
    before = current.name
    if name == before:
        return
    current.name = name
    current.save(update_fields=["name", "search_name"])
    record(FOLDER_RENAMED, actor=actor, target=_target(current), before={"name": before}, after={"name": name})


@atomic()
def move_folder(folder: Folder, *, to: Folder | None, actor: Actor) -> None:
    """Put the folder with all that is in it into another one, or to the top.

    Raises ValidationError where its name is taken, into itself, or where its lowest folder would be too deep.
    """
    lock_tree()
    current, to = still_there(folder), to and still_there(to)
    if current.parent_id == (to.id if to else None):
        return
    inside = queries.below(current)
    if to and to.id in inside:
        raise ValidationError(_("A folder cannot be moved into itself."), code="into_itself")
    require_free(current.name, to)
    if len(queries.way_to(to)) + 1 + max(inside.values()) > DEPTH_LIMIT:
        raise too_deep()
    before = queries.path_of(current)
    current.parent = to
    current.save(update_fields=["parent"])
    target = _target(current)
    record(FOLDER_MOVED, actor=actor, target=target, before={"path": before}, after={"path": target.label})


@atomic()
def delete_folder(folder: Folder, *, actor: Actor) -> None:
    """Delete the folder and everything in it, for good; the stored contents go once this is committed."""
    lock_tree()
    current = still_there(folder)
    inside = queries.below(current)
    documents = Document.objects.filter(folder_id__in=inside)
    versions = DocumentVersion.objects.filter(document__folder_id__in=inside)
    size = versions.aggregate(size=Sum("size", default=0))["size"]
    where = queries.path_of(current)
    lost = {
        "folders": len(inside),
        "documents": documents.count(),
        "names": list(documents.order_by("id").values_list("name", flat=True)[:_NAMES_RECORDED]),
    }
    # Each document has a trail of its own, which must not end in a folder that nobody remembers.
    gone = ((document, {"folder": where}) for document in documents.iterator(chunk_size=_AT_ONCE))
    while batch := list(itertools.islice(gone, _AT_ONCE)):
        record_many(DOCUMENT_DELETED, actor=actor, entries=batch)
    record(FOLDER_DELETED, actor=actor, target=_target(current), before=lost)
    removal.remove_on_commit(versions.values_list("object_name", flat=True))
    versions.delete()
    documents.delete()
    Folder.objects.filter(id__in=inside).delete()
    limits.note_storage(-size)


def _target(folder: Folder) -> Target:
    """The folder with its whole path, because the same name may stand in many places."""
    return Target(Folder._meta.label_lower, str(folder.id), queries.path_of(folder))
