"""What an order of an authority reaches, as conditions on rows (R5). In the scope of the tenant.

Too wide an answer keeps a row for longer, too narrow a one loses it: folders on the way to a held document count as
held, because the document stands in them.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Model, Q

from accounts.models import User
from accounts.people.models import FormerUserId, former_hash
from auditlog.models import AuditEvent
from auditlog.requests.models import RequestEntry
from documents.models import Document, DocumentVersion, Folder
from retention.holds.models import Extent, Hold, KeptRow, Scope
from retention.holds.queries import kept_ids

EVERYTHING = Q(pk__isnull=False)
_NOTHING = Q(pk__in=[])

Rule = Callable[["Coverage"], Q]


class Coverage:
    """One extent: a hold's, with what it has kept, or that of a disclosure."""

    def __init__(self, extent: Extent) -> None:
        self.extent = extent
        self._hold_id = extent.id if isinstance(extent, Hold) else None

    def of(self, model: type[Model]) -> Q | None:
        """Which rows of the model it reaches; None for none of them. What was kept goes with its hold only."""
        if self.extent.scope == Scope.COMPANY or model is KeptRow:
            return EVERYTHING
        rule = _RULES[Scope(self.extent.scope)].get(model)
        return rule(self) if rule else None

    def kept(self, model: type[Model]) -> list[UUID]:
        """The rows of the model that the hold has kept before."""
        return kept_ids(self._hold_id, model._meta.db_table)

    def folders(self) -> set[UUID]:
        """The folder of the extent, those that it has kept, and all below."""
        found = {self.key, *self.kept(Folder)}
        while more := set(Folder.objects.filter(parent_id__in=found).values_list("id", flat=True)) - found:
            found |= more
        return found

    def in_folders(self) -> Q:
        """The documents of a folder's extent."""
        return Q(folder_id__in=self.folders()) | Q(id__in=self.kept(Document))

    def versions_in_folders(self) -> Q:
        """Their versions."""
        return Q(document__folder_id__in=self.folders()) | Q(document_id__in=self.kept(Document))

    def of_person(self) -> Q:
        """The versions that a person has uploaded, also when the account is gone."""
        return Q(uploaded_by_id=self.key) | Q(id__in=self.kept(DocumentVersion))

    def documents_of_person(self) -> Q:
        """The documents that they are versions of."""
        return Q(id__in=DocumentVersion.objects.filter(self.of_person()).values("document_id"))

    def ways(self, documents: Q, folders: Iterable[UUID] = ()) -> Q:
        """The folders on the way to the documents, and to these folders, which count too."""
        found = {*folders, *Document.objects.filter(documents).values_list("folder_id", flat=True).distinct()} - {None}
        while more := set(Folder.objects.filter(children__in=found).values_list("id", flat=True)) - found:
            found |= more
        return Q(id__in=found)

    @property
    def key(self) -> UUID:
        """The folder, document or account of the extent."""
        if self.extent.scope_id is None:
            raise ValueError(f"{self.extent} names no {self.extent.scope}.")
        return self.extent.scope_id


_RULES: dict[Scope, dict[type[Model], Rule]] = {
    Scope.FOLDER: {
        Folder: lambda one: one.ways(one.in_folders(), one.folders()),
        Document: Coverage.in_folders,
        DocumentVersion: Coverage.versions_in_folders,
    },
    Scope.DOCUMENT: {
        Folder: lambda one: one.ways(Q(id=one.key)),
        Document: lambda one: Q(id=one.key),
        DocumentVersion: lambda one: Q(document_id=one.key),
    },
    Scope.PERSON: {
        User: lambda one: Q(id=one.key),
        FormerUserId: lambda one: Q(user_id_hash=former_hash(one.extent.scope_label)),
        Folder: lambda one: one.ways(one.documents_of_person()),
        Document: Coverage.documents_of_person,
        DocumentVersion: Coverage.of_person,
        AuditEvent: lambda one: Q(actor_id=one.key) | Q(target_id=str(one.key)),
        RequestEntry: lambda one: Q(user_id=one.extent.scope_label),
    },
    Scope.AUDIT: {
        AuditEvent: lambda one: Q(at__gte=one.extent.since, at__lt=one.extent.until),
    },
}


def may_cover(scope: str, model: type[Model]) -> bool:
    """Whether an extent of this scope can reach rows of the model at all."""
    return scope == Scope.COMPANY or model is KeptRow or model in _RULES[Scope(scope)]
