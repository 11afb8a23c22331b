"""Putting deleted documents back as a backup has them: rows only, their contents are in the store already (B6).

A document keeps its id, its versions keep theirs, and it comes back to the folder that it was in: the same one,
wherever it is by now; else the one of its name at its old place; else it is made again. What is there is not changed.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from accounts.models import User
from auditlog.actors import Actor
from auditlog.services import record_many
from documents import limits, queries
from documents.actions import DOCUMENT_RETURNED, FOLDER_RETURNED
from documents.locks import lock_tree
from documents.models import Document, DocumentVersion, Folder
from documents.names import DEPTH_LIMIT, too_deep
from tenants.isolation.transactions import atomic
from vault.filenames import NAME_LENGTH

_AT_ONCE = 1000
_LONGEST_SUFFIX = 20


@dataclass(frozen=True, slots=True)
class Deleted:
    """A document that is gone, and its versions, as rows that are not saved."""

    document: Document
    versions: list[DocumentVersion]

    @property
    def size(self) -> int:
        """Bytes of all versions."""
        return sum(version.size for version in self.versions)


@dataclass(slots=True)
class Returned:
    """What came back: the documents, how many folders and versions, bytes, and how many got another name."""

    documents: list[Document] = field(default_factory=list)
    folders: int = 0
    versions: int = 0
    size: int = 0
    renamed: int = 0


def require_room(size: int) -> None:
    """Raise ValidationError if the plan leaves no room for so many bytes."""
    room = limits.allowance().room
    if size > room:
        raise limits.storage_full(room)


@atomic()
def put_back(
    deleted: Sequence[Deleted], folders: Mapping[UUID, Folder], *, mark: str, origin: dict[str, Any], actor: Actor
) -> Returned:
    """Put documents back; `folders` are those of the backup, `mark` goes to a name that is taken by now.

    A document that is there already is left out, so that nothing comes twice. `origin` goes to the audit log with each
    document. Raises ValidationError for a full storage or too many levels of folders; nothing is changed then.
    """
    lock_tree()
    there = queries.existing(one.document.id for one in deleted)
    coming = [one for one in deleted if one.document.id not in there]
    require_room(sum(one.size for one in coming))
    places = _Places(folders, mark)
    back = Returned()
    for one in coming:
        place = places.of(one.document.folder_id)
        one.document.folder_id = place.id if place else None
    for folder_id, group in _by_folder(coming):
        back.renamed += places.give_names(folder_id, [one.document for one in group])
    _save(coming)
    back.documents = [one.document for one in coming]
    back.folders, back.versions = len(places.made), sum(len(one.versions) for one in coming)
    back.size = sum(one.size for one in coming)
    limits.note_storage(back.size)
    record_many(FOLDER_RETURNED, actor=actor, entries=[(made, {**origin}) for made in places.made])
    paths = {key: queries.path_of(place) for key, place in places.known.items()}
    record_many(DOCUMENT_RETURNED, actor=actor, entries=[(one.document, _facts(one, paths, origin)) for one in coming])
    return back


class _Places:
    """Where the folders of the backup are now."""

    def __init__(self, folders: Mapping[UUID, Folder], mark: str) -> None:
        self._old = folders
        self._mark = mark
        self._now: dict[UUID, Folder] = {}
        self.made: list[Folder] = []

    @property
    def known(self) -> dict[UUID | None, Folder | None]:
        """Every folder that was looked for, by its id of now; and the top."""
        return {None: None} | {place.id: place for place in self._now.values()}

    def of(self, folder_id: UUID | None) -> Folder | None:
        """The folder that takes the place of the backup's."""
        if folder_id is None:
            return None
        if folder_id not in self._now:
            found = Folder.objects.filter(id=folder_id).first()
            if found is None and folder_id not in self._old:
                return None  # the backup refers to a folder that it does not have: the top is as good as any
            self._now[folder_id] = found or self._made(self._old[folder_id])
        return self._now[folder_id]

    def give_names(self, folder_id: UUID | None, documents: Sequence[Document]) -> int:
        """See to it that each of the documents has a name that is free in the folder; how many got another one."""
        taken = queries.names_taken(folder_id, {document.name for document in documents})
        renamed = 0
        for document in documents:
            if document.name in taken:
                document.name = self._free(document.name, folder_id, taken)
                renamed += 1
            taken.add(document.name)
        return renamed

    def _made(self, old: Folder) -> Folder:
        parent = self.of(old.parent_id)
        parent_id = parent.id if parent else None
        same = Folder.objects.filter(parent_id=parent_id, name=old.name).first()
        if same is not None:
            return same
        if len(queries.way_to(parent)) >= DEPTH_LIMIT:
            raise too_deep()
        name = old.name
        if queries.names_taken(parent_id, {name}):
            name = self._free(name, parent_id, set())
        folder = Folder(id=old.id, parent_id=parent_id, name=name)
        folder.created_by_name, folder.created_at = old.created_by_name, old.created_at
        folder.save(force_insert=True)
        self.made.append(folder)
        return folder

    def _free(self, name: str, folder_id: UUID | None, taken: set[str]) -> str:
        suffix = PurePosixPath(name).suffix[-_LONGEST_SUFFIX:]
        stem = name.removesuffix(suffix)
        for number in itertools.count(1):
            mark = f" ({self._mark}{f' {number}' if number > 1 else ''}){suffix}"
            candidate = stem[: NAME_LENGTH - len(mark)] + mark
            if candidate not in taken and not queries.names_taken(folder_id, {candidate}):
                return candidate
        raise AssertionError("there is always another number")


def _by_folder(deleted: Iterable[Deleted]) -> Iterable[tuple[UUID | None, list[Deleted]]]:
    groups: dict[UUID | None, list[Deleted]] = {}
    for one in deleted:
        groups.setdefault(one.document.folder_id, []).append(one)
    return groups.items()


def _save(deleted: Sequence[Deleted]) -> None:
    versions = [version for one in deleted for version in one.versions]
    people = set(
        User.objects.filter(id__in={version.uploaded_by_id for version in versions}).values_list("id", flat=True)
    )
    for version in versions:
        if version.uploaded_by_id not in people:  # the name of whoever has left stays
            version.uploaded_by_id = None
    Document.objects.bulk_create([one.document for one in deleted], batch_size=_AT_ONCE)
    DocumentVersion.objects.bulk_create(versions, batch_size=_AT_ONCE)


def _facts(one: Deleted, paths: Mapping[UUID | None, str], origin: dict[str, Any]) -> dict[str, Any]:
    where = paths.get(one.document.folder_id, "")
    path = f"{where}/{one.document.name}" if where else one.document.name
    return {"path": path, "versions": len(one.versions), "size": one.size, **origin}
