"""Which objects a tenant's rows speak of: the contents of its documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Collate

from backups.parts import Measure
from documents.models import DocumentVersion
from documents.objects import OBJECT_KIND
from tenants.isolation.transactions import atomic
from vault.objectformat import Identity

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Content:
    """An object that a row names, with the bytes that the row says it holds."""

    kind: str
    name: str
    plain: Measure

    @property
    def key(self) -> str:
        """Its name in the order of lists and listings."""
        return f"{self.kind}/{self.name}"

    def document_path(self, tenant_id: UUID) -> str:
        """Where it lies in the document store."""
        return Identity(tenant_id, self.kind, self.name).path()


def contents_in_order(*, using: str | None = None) -> Iterator[Content]:
    """The objects of the tenant in scope in the order of their names (by bytes, as stores list them).

    `using` names a database other than the tenant's own.
    """
    versions = DocumentVersion.objects.using(using).order_by(Collate("object_name", "C"))
    for name, size, sha256 in versions.values_list("object_name", "size", "sha256").iterator():
        yield Content(OBJECT_KIND, name, Measure(size, sha256))


def contents_since(moment: datetime | None) -> Iterator[Content]:
    """The objects that came since then, or all, in short transactions, so that slow work between them delays nobody."""
    last: UUID | None = None
    while page := _page(moment, last):
        for last, name, size, sha256 in page:  # noqa: B007 - the last key of the page begins the next one
            yield Content(OBJECT_KIND, name, Measure(size, sha256))


@atomic()
def _page(moment: datetime | None, after: UUID | None) -> list[tuple[UUID, str, int, str]]:
    versions = DocumentVersion.objects.order_by("id")
    if moment is not None:
        versions = versions.filter(uploaded_at__gt=moment)
    if after is not None:
        versions = versions.filter(id__gt=after)
    return list(versions.values_list("id", "object_name", "size", "sha256")[:_PAGE])
