"""What of a generation does not exist any more: the deleted documents, in the folders of that time (B6).

Read from the archive with no transaction open, a page of it is thrown away as soon as it is known to exist: memory is
taken for folders and for what is deleted, not for what is there.
"""

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from backups.archivedrows import archived_values
from backups.manifest import Manifest, read_manifest
from backups.models import Archive
from documents import queries
from documents.models import Document, Folder
from documents.names import folded
from tenants.isolation.transactions import atomic
from vault.stores import ObjectStore, backup_store

MOST_DELETED = 200_000
_SECONDS = 25.0
_AT_ONCE = 2000
_FOLDER = ("id", "parent_id", "name")
_DOCUMENT = ("id", "folder_id", "name", "size", "version_number", "content_type", "changed_by_name", "changed_at")


class DeletedFile(NamedTuple):
    """A document of the generation that is gone; values as the archive has them."""

    id: UUID
    folder_id: UUID | None
    name: str
    size: int
    version: int
    content_type: str
    changed_by: str
    changed: str

    @property
    def changed_at(self) -> datetime | None:
        """When its newest version came."""
        return parse_datetime(self.changed)


class OldFolder(NamedTuple):
    """A folder of the generation."""

    parent_id: UUID | None
    name: str


class FolderCount(NamedTuple):
    """A folder in which something is deleted, at any depth, and how many documents."""

    id: UUID
    name: str
    number: int


@dataclass(slots=True)
class Generation:
    """The deleted documents of one generation, by name, and all its folders."""

    folders: dict[UUID, OldFolder] = field(default_factory=dict)
    files: list[DeletedFile] = field(default_factory=list)

    def way_to(self, folder_id: UUID | None) -> list[tuple[UUID, str]]:
        """The way from the top to a folder, the folder itself last."""
        way: list[tuple[UUID, str]] = []
        while folder_id in self.folders and len(way) <= len(self.folders):
            folder = self.folders[folder_id]
            way.append((folder_id, folder.name))
            folder_id = folder.parent_id
        return way[::-1]

    def path_of(self, folder_id: UUID | None, name: str = "") -> str:
        """The same written with slashes."""
        return "/".join([*(step for _key, step in self.way_to(folder_id)), *([name] if name else [])])

    def below(self, folder_ids: Collection[UUID]) -> set[UUID]:
        """The folders and everything below them."""
        children: dict[UUID | None, list[UUID]] = {}
        for key, folder in self.folders.items():
            children.setdefault(folder.parent_id, []).append(key)
        found: set[UUID] = set()
        waiting = [key for key in folder_ids if key in self.folders]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting += children.get(key, [])
        return found

    def inside(self, folder_id: UUID | None) -> tuple[list[FolderCount], list[DeletedFile]]:
        """What is deleted in a folder, or at the top: folders with their numbers, and documents."""
        direct = Counter(file.folder_id for file in self.files)
        counts: Counter[UUID] = Counter()
        for start, number in direct.items():
            for key, _name in self.way_to(start):
                counts[key] += number
        folders = [
            FolderCount(key, self.folders[key].name, number)
            for key, number in counts.items()
            if self.folders[key].parent_id == folder_id
        ]
        folders.sort(key=lambda one: folded(one.name))
        return folders, [file for file in self.files if file.folder_id == folder_id]

    def search(self, text: str) -> list[DeletedFile]:
        """The documents whose path holds the text, wherever they were."""
        wanted = folded(text)
        paths = {key: folded(self.path_of(key)) for key in {file.folder_id for file in self.files}}
        return [file for file in self.files if wanted in f"{paths[file.folder_id]}/{folded(file.name)}"]

    def chosen(self, documents: Collection[UUID], folders: Collection[UUID]) -> list[DeletedFile]:
        """The deleted documents that are meant by ids of documents and of whole folders."""
        singly, within = set(documents), self.below(folders)
        return [file for file in self.files if file.id in singly or file.folder_id in within]


def read_generation(archive: Archive) -> Generation:
    """What of the archive does not exist now. In the tenant's scope, with no transaction open.

    Raises ArchiveDamaged, VaultError; ValidationError when it is too much for one look.
    """
    store = backup_store()
    manifest = read_manifest(store, archive.place, sha256=archive.manifest_sha256)
    found = Generation(dict(_folders(store, manifest)))
    deadline = monotonic() + _SECONDS
    for batch in _batches(archived_values(store, manifest, Document._meta.db_table, _DOCUMENT)):
        files = {UUID(row[0]): row for row in batch}
        with atomic():
            there = queries.existing(files)
        found.files += (_file(key, row) for key, row in files.items() if key not in there)
        if len(found.files) > MOST_DELETED or monotonic() > deadline:
            raise ValidationError(
                _("More files are deleted than can be shown here. Ask for the whole company beside this one instead."),
                code="large",
            )
    found.files.sort(key=lambda file: folded(file.name))
    return found


def _folders(store: ObjectStore, manifest: Manifest) -> Iterator[tuple[UUID, OldFolder]]:
    for key, parent, name in archived_values(store, manifest, Folder._meta.db_table, _FOLDER):
        yield UUID(key), OldFolder(UUID(parent) if parent else None, name or "")


def _file(key: UUID, row: tuple[str | None, ...]) -> DeletedFile:
    _id, folder, name, size, version, content_type, changed_by, changed = (value or "" for value in row)
    place = UUID(folder) if folder else None
    return DeletedFile(key, place, name, int(size), int(version), content_type, changed_by, changed)


def _batches(rows: Iterable[tuple[str | None, ...]]) -> Iterator[list[tuple[str | None, ...]]]:
    remaining = iter(rows)
    while batch := list(itertools.islice(remaining, _AT_ONCE)):
        yield batch
