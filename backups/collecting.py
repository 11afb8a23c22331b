"""Bringing the contents of documents into the backup store, each once (B4), and listing those that an archive needs."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.utils.translation import gettext as _

from backups.errors import ArchiveDamaged, BackupError
from backups.layout import ArchivePlace, objects_prefix
from backups.manifest import ObjectsEntry
from backups.objects import ArchivedContent, Ordered, list_identity
from backups.parts import Measure, MeasuringReader, Part, PartWriter
from backups.progress import Progress, silent
from backups.sources import Content, contents_in_order, contents_since
from vault.errors import ObjectMissing
from vault.stores import ObjectStore, copy_object, document_store

# A row is visible a little after its own time: an upload may take that long from its first moment to its commit.
_OVERLAP = timedelta(hours=2)


class ContentMissing(BackupError):  # noqa: N818 - it reads as the statement it is
    """A document's content was not in the document store: just deleted, or lost."""

    def __init__(self, content: Content) -> None:
        super().__init__(_("The content %(name)s of a document is missing.") % {"name": content.key})


def copy_ahead(store: ObjectStore, tenant_id: UUID, since: datetime | None, progress: Progress = silent) -> None:
    """Copy what is new before the snapshot is taken, so that the snapshot need not stay open meanwhile."""
    for number, content in enumerate(contents_since(since - _OVERLAP if since else None), start=1):
        progress("documents", number, 0)
        target = objects_prefix(tenant_id) + content.key
        if not store.exists(target):
            with contextlib.suppress(ObjectMissing):  # deleted a moment ago; the snapshot will tell
                copy_object(document_store(), content.document_path(tenant_id), store, target)


def write_list(store: ObjectStore, place: ArchivePlace, known: Iterator[ArchivedContent]) -> ObjectsEntry:
    """Write the list of everything that the rows in the open snapshot speak of, copying what is not there yet.

    `known` is the list of an earlier archive, which saves reading each object again. Raises ContentMissing.
    """
    contents = _collected(store, place.tenant_id, known)
    first = next(contents, None)
    if first is None:
        return ObjectsEntry(0, 0, None)
    count = size = 0
    with PartWriter(store, list_identity(place), place.object_list) as out:
        for content in chain([first], contents):
            out.write(content.line())
            count, size = count + 1, size + content.part.cipher.bytes
    return ObjectsEntry(count, size, out.part)


def _collected(store: ObjectStore, tenant_id: UUID, known: Iterator[ArchivedContent]) -> Iterator[ArchivedContent]:
    prefix = objects_prefix(tenant_id)
    listed = Ordered(store.list(prefix), key=lambda info: info.name)
    earlier = Ordered(_undamaged(known), key=lambda content: content.key)
    for content in contents_in_order():
        path = prefix + content.key
        before = earlier.get(content.key)
        if listed.get(path) is None:
            cipher = _copied(store, tenant_id, content)
        elif before is not None:
            cipher = before.part.cipher
        else:
            cipher = _measured(store, path)
        yield ArchivedContent(content.kind, content.name, Part(content.plain, cipher))


def _copied(store: ObjectStore, tenant_id: UUID, content: Content) -> Measure:
    try:
        copy = copy_object(
            document_store(), content.document_path(tenant_id), store, objects_prefix(tenant_id) + content.key
        )
    except ObjectMissing as error:
        raise ContentMissing(content) from error
    return Measure(copy.size, copy.sha256)


def _measured(store: ObjectStore, path: str) -> Measure:
    with MeasuringReader(store.open(path)) as reader:
        return reader.rest()


def _undamaged(known: Iterator[ArchivedContent]) -> Iterator[ArchivedContent]:
    """As far as an earlier list can be read; a damaged one must not stop the next backup."""
    with contextlib.suppress(ArchiveDamaged):
        yield from known
