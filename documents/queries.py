"""Reads of documents: lists, the ways to folders, sums. All for the tenant in scope."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.fields import BigIntegerField, BooleanField, CharField, IntegerField

from documents.models import Counterparty, Document, DocumentVersion, Folder, StorageUse
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import current_connection

# UNION and not UNION ALL: it would end even in a tree with a cycle, which `tree.py` rules out.
_BELOW = """
    WITH RECURSIVE below AS (
        SELECT id, 0 AS depth FROM documents_folder WHERE tenant_id = %s AND id = %s
        UNION
        SELECT child.id, below.depth + 1 FROM documents_folder child JOIN below ON child.parent_id = below.id
        WHERE child.tenant_id = %s
    )
    SELECT id, depth FROM below
"""
_ABOVE = """
    WITH RECURSIVE above AS (
        SELECT id AS start, id, parent_id, name, 0 AS distance
        FROM documents_folder WHERE tenant_id = %s AND id = ANY(%s)
        UNION
        SELECT above.start, parent.id, parent.parent_id, parent.name, above.distance + 1
        FROM documents_folder parent JOIN above ON parent.id = above.parent_id WHERE parent.tenant_id = %s
    )
    SELECT start, id, name FROM above ORDER BY start, distance DESC
"""

_COLUMNS = (
    *("is_file", "id", "place", "name", "search_name"),
    *("size", "content_type", "number", "changed_by", "changed_at"),
)


class Step(NamedTuple):
    """One folder on the way from the top."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is: numbers of folders, documents and versions, and the size of the contents in bytes."""

    folders: int
    documents: int
    versions: int
    size: int


def folders() -> QuerySet[Folder]:
    """Every folder."""
    return Folder.objects.all()


def documents() -> QuerySet[Document]:
    """Every document."""
    return Document.objects.all()


def versions_of(document: Document) -> QuerySet[DocumentVersion]:
    """The versions of a document, newest first."""
    return document.versions.select_related("document").order_by("-number")


def counterparties() -> QuerySet[Counterparty]:
    """Every counterparty."""
    return Counterparty.objects.all()


def rows(folders: QuerySet[Folder], documents: QuerySet[Document]) -> QuerySet[Any, Any]:
    """Folders and documents as the rows of one list (dicts of `_COLUMNS`), to be ordered and paged by the database.

    `place` is the folder that the thing is in, None for the top.
    """
    as_rows = folders.annotate(
        is_file=Value(False, BooleanField()),
        place=F("parent_id"),
        size=Value(None, BigIntegerField()),
        content_type=Value("", CharField()),
        number=Value(None, IntegerField()),
        changed_by=F("created_by_name"),
        changed_at=F("created_at"),
    ).values(*_COLUMNS)
    others = documents.annotate(
        is_file=Value(True, BooleanField()),
        place=F("folder_id"),
        number=F("version_number"),
        changed_by=F("changed_by_name"),
    ).values(*_COLUMNS)
    listed: QuerySet[Any, Any] = as_rows.union(others, all=True)
    return listed


def rows_of(folder: Folder | None) -> QuerySet[Any, Any]:
    """The contents of a folder, or of the top, as `rows`."""
    return rows(Folder.objects.filter(parent=folder), Document.objects.filter(folder=folder))


def ways_to(folder_ids: Collection[UUID]) -> dict[UUID, list[Step]]:
    """The way from the top to each of the folders, the folder itself last. One query however many there are."""
    ways: dict[UUID, list[Step]] = {}
    tenant_id = require_tenant_id()
    with current_connection().cursor() as cursor:
        cursor.execute(_ABOVE, [tenant_id, list(folder_ids), tenant_id])
        for start, folder_id, name in cursor.fetchall():
            ways.setdefault(start, []).append(Step(folder_id, name))
    return ways


def way_to(folder: Folder | None) -> list[Step]:
    """The way from the top to the folder; empty for the top itself."""
    return ways_to([folder.id])[folder.id] if folder else []


def path_of(folder: Folder | None, name: str = "") -> str:
    """The way written with slashes, for people and the audit log."""
    return "/".join([*(step.name for step in way_to(folder)), *([name] if name else [])])


def below(folder: Folder) -> dict[UUID, int]:
    """The folder and everything below it: how far below it each folder is."""
    tenant_id = require_tenant_id()
    with current_connection().cursor() as cursor:
        cursor.execute(_BELOW, [tenant_id, folder.id, tenant_id])
        return dict(cursor.fetchall())


def extent_of(folder: Folder) -> Extent:
    """How much would go with the folder."""
    inside = below(folder)
    content = DocumentVersion.objects.filter(document__folder_id__in=inside).aggregate(
        documents=Count("document_id", distinct=True), versions=Count("id"), size=Sum("size", default=0)
    )
    return Extent(folders=len(inside) - 1, **content)


def size_of(document: Document) -> int:
    """The size of all versions of a document in bytes."""
    return int(document.versions.aggregate(size=Sum("size", default=0))["size"])


def storage_used() -> int:
    """The size of all versions in bytes (T7, T9), as it was noted; counted where nothing is noted yet."""
    noted = StorageUse.objects.values_list("size", flat=True).first()
    return counted_storage() if noted is None else noted


def counted_storage() -> int:
    """The same, counted: the more versions, the longer it takes."""
    return int(DocumentVersion.objects.aggregate(size=Sum("size", default=0))["size"])


def referenced(object_names: Collection[str]) -> set[str]:
    """Those of the object names that some version has."""
    return set(DocumentVersion.objects.filter(object_name__in=object_names).values_list("object_name", flat=True))


def existing(document_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the documents that are there. One parameter, however many there are: thousands take a while to bind."""
    statement = "SELECT id FROM documents_document WHERE tenant_id = %s AND id = ANY(%s)"
    with current_connection().cursor() as cursor:
        cursor.execute(statement, [require_tenant_id(), list(document_ids)])
        return {key for (key,) in cursor.fetchall()}


def objects_of(document_ids: Collection[UUID]) -> list[str]:
    """The object names of all versions of the documents."""
    versions = DocumentVersion.objects.filter(document_id__in=document_ids)
    return list(versions.values_list("object_name", flat=True))


def names_taken(folder_id: UUID | None, names: Collection[str]) -> set[str]:
    """Those of the names that something in the folder, or at the top, has."""
    here = Q(folder_id=folder_id)
    folders = Folder.objects.filter(parent_id=folder_id, name__in=names).values_list("name", flat=True)
    return {*folders, *Document.objects.filter(here, name__in=names).values_list("name", flat=True)}


def paths() -> list[tuple[UUID, str]]:
    """Every folder with its path, sorted by it: for choosing one."""
    known = {key: (parent, name) for key, parent, name in Folder.objects.values_list("id", "parent_id", "name")}

    def path(folder_id: UUID) -> str:
        parent, name = known[folder_id]
        return f"{path(parent)}/{name}" if parent else name

    return sorted(((key, path(key)) for key in known), key=lambda pair: pair[1])
