"""Which objects a tenant's rows speak of: the contents of its documents, and the files of its inquiries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Collate

from backups.parts import Measure
from documents.models import DocumentVersion
from documents.objects import OBJECT_KIND
from incidents.inquiries.attachments import OBJECT_KIND as INQUIRIES
from incidents.inquiries.models import InquiryAttachment
from tenants.isolation.transactions import atomic
from vault.objectformat import Identity

_PAGE = 500
# In the order of their kinds: which rows, and when they came.
_SOURCES: tuple[tuple[str, type[DocumentVersion] | type[InquiryAttachment], str], ...] = (
    (OBJECT_KIND, DocumentVersion, "uploaded_at"),
    (INQUIRIES, InquiryAttachment, "at"),
)


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
    for kind, model, _came in _SOURCES:
        rows = model.objects.using(using).order_by(Collate("object_name", "C"))
        for name, size, sha256 in rows.values_list("object_name", "size", "sha256").iterator():
            yield Content(kind, name, Measure(size, sha256))


def contents_since(moment: datetime | None) -> Iterator[Content]:
    """The objects that came since then, or all, in short transactions, so that slow work between them delays nobody."""
    for kind, model, came in _SOURCES:
        since = {} if moment is None else {f"{came}__gt": moment}
        last: UUID | None = None
        while page := _page(model, since, last):
            for last, name, size, sha256 in page:  # noqa: B007 - the last key of the page begins the next one
                yield Content(kind, name, Measure(size, sha256))


@atomic()
def _page(
    model: type[DocumentVersion] | type[InquiryAttachment], since: dict[str, datetime], after: UUID | None
) -> list[tuple[UUID, str, int, str]]:
    rows = model.objects.filter(**since).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.values_list("id", "object_name", "size", "sha256")[:_PAGE])
