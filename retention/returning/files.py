"""The files of a company in their folders and those of its inquiries, under names that unpack everywhere (R3).

Read anew for the files themselves, for their index and for the manifest, each time in the same order; of all this only
the folders are in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Sum, UUIDField, Value
from django.db.models.functions import Coalesce

from documents.models import Document, DocumentVersion, Folder
from documents.objects import OBJECT_KIND
from incidents.inquiries.attachments import OBJECT_KIND as INQUIRIES
from incidents.inquiries.models import InquiryAttachment
from retention.returning.naming import folder_path, inside, numbered, safe_name
from tenants.isolation.context import require_tenant_id
from vault.stores import document_store
from vault.streams import DecryptingReader, read_object

CURRENT, OLDER, SENT = "files", "versions", "inquiries"
_AT_ONCE = 1000
_TOP = Value(UUID(int=0), output_field=UUIDField())
_READ = ("document__folder_id", "document_id", "document__name", "document__version_number", "number", "object_name",
         "size", "sha256", "content_type", "uploaded_at", "uploaded_by_name", "taken")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A folder: its path in the ZIP and its path as people know it."""

    path: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """One version of a document: where it lies in the ZIP, where people know it, and what it is."""

    path: str
    shown: str
    document_id: UUID | None
    number: int
    current: bool
    object_name: str
    size: int
    sha256: str
    content_type: str
    uploaded_at: datetime
    uploaded_by: str
    kind: str = OBJECT_KIND

    def opened(self) -> DecryptingReader:
        """Its content. Raises ObjectMissing, ObjectUnreadable, StoreUnavailable."""
        return read_object(document_store(), require_tenant_id(), self.kind, self.object_name)


class FileTree:
    """The folders and files of the tenant in scope, as the open transaction sees them."""

    def __init__(self) -> None:
        self._places = _places()
        self.count = self.size = 0
        for model in (DocumentVersion, InquiryAttachment):
            found = model.objects.aggregate(count=Count("id"), size=Sum("size", default=0))
            self.count, self.size = self.count + int(found["count"]), self.size + int(found["size"])

    def folders(self) -> Iterator[str]:
        """The paths of all folders, those that are empty too."""
        return (f"{CURRENT}/{place.path}/" for place in self._places.values() if place.path)

    def __iter__(self) -> Iterator[ReturnedFile]:
        versions = DocumentVersion.objects.annotate(taken=_is_taken())
        ordered = versions.order_by("document__folder_id", "document__name", "document_id", "-number")
        for row in ordered.values_list(*_READ).iterator(chunk_size=_AT_ONCE):
            yield self._file(*row)
        yield from _sent_files()

    def _file(self, folder: UUID | None, document_id: UUID, name: str, newest: int, number: int, *rest: Any
              ) -> ReturnedFile:  # fmt: skip
        *facts, taken = rest
        place, safe = self._places[folder], safe_name(name, document_id, taken=taken)
        current = number == newest
        below = inside(place.path, safe if current else numbered(safe, number))
        path = f"{CURRENT if current else OLDER}/{below}"
        return ReturnedFile(path, inside(place.shown, name), document_id, number, current, *facts)


def _sent_files() -> Iterator[ReturnedFile]:
    """The files of inquiries, in a folder for each inquiry; `number` is that of their message."""
    files = InquiryAttachment.objects.select_related("message__inquiry").order_by("message__inquiry__number", "id")
    for file in files.iterator(chunk_size=_AT_ONCE):
        message = file.message
        folder = f"{SENT}/{message.inquiry.reference}"
        path = inside(folder, safe_name(file.name, file.id, taken=True))
        yield ReturnedFile(path, inside(folder, file.name), None, message.number, True, file.object_name, file.size,
                           file.sha256, file.content_type, file.at, message.author_name, INQUIRIES)  # fmt: skip


def _is_taken() -> Exists:
    """Whether something else of the folder, a folder or an older document, bears the same name but for its case."""
    here, name = Coalesce(OuterRef("document__folder_id"), _TOP), OuterRef("document__search_name")
    earlier = Document.objects.alias(place=Coalesce("folder_id", _TOP)).filter(
        place=here, search_name=name, id__lt=OuterRef("document_id")
    )
    folder = Folder.objects.alias(place=Coalesce("parent_id", _TOP)).filter(place=here, search_name=name)
    return Exists(earlier) | Exists(folder)  # type: ignore[return-value]  # the stubs do not know the sum


def _places() -> dict[UUID | None, Place]:
    rows = Folder.objects.order_by("id").values_list("id", "parent_id", "name", "search_name")
    known = {key: (parent, name, search) for key, parent, name, search in rows}
    first: dict[tuple[UUID | None, str], UUID] = {}
    for key, (parent, _name, search) in known.items():
        first.setdefault((parent, search), key)
    places: dict[UUID | None, Place] = {None: Place()}

    def place_of(key: UUID | None) -> Place:
        if key not in places and key is not None:
            parent, name, search = known[key]
            above = place_of(parent)
            path = folder_path(above.path, name, key, taken=first[parent, search] != key)
            places[key] = Place(path, inside(above.shown, name))
        return places[key]

    for key in known:
        place_of(key)
    return places
