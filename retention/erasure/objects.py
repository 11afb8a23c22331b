"""What the object stores hold of a company: contents, files that were made for it, backups at every site (R1)."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from documents.models import DocumentVersion
from documents.objects import OBJECT_KIND
from incidents.inquiries.attachments import OBJECT_KIND as INQUIRIES
from incidents.inquiries.models import InquiryAttachment
from retention.erasure.working import Work
from tenants.isolation.context import tenant_scope
from tenants.isolation.keeping import held_contents, held_rows
from tenants.isolation.placement import OWNER_ALIAS
from vault.errors import ObjectRetained
from vault.objectformat import Identity
from vault.stores import ObjectInfo, ObjectStore, backup_copy_store, backup_store, document_store

_BATCH = 1_000
MANIFEST = "/manifest.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a store everything of a company lies; `locks` where objects may be locked until a date."""

    name: str
    store: ObjectStore
    prefix: str
    locks: bool = False


def contents_of(tenant_id: UUID) -> Place:
    """Documents, and the files of inquiries, exports and data returns."""
    return Place("documents", document_store(), f"{tenant_id}/")


def backups_of(tenant_id: UUID) -> Iterator[Place]:
    """Archives and their objects, at every site."""
    for name, store in (("backups", backup_store()), ("copies", backup_copy_store())):
        if store is not None:
            yield Place(name, store, f"tenants/{tenant_id}/", locks=bool(settings.BACKUP_LOCK_DAYS))


def remove_all(work: Work, place: Place, *, keep: Collection[str] = ()) -> None:
    """Remove every object of a place but those to keep and those that a lock keeps.

    What there is is counted and saved before the first one goes, once in a round: a kill leaves no doubt about the
    number. Manifests go first: without one there is no backup. Raises StoreUnavailable.
    """
    if place.name not in work.listed:
        found = [info for info in place.store.list(place.prefix) if info.name not in keep]
        work.add("stores", f"{place.name}.objects", len(found))
        work.add("stores", f"{place.name}.bytes", sum(info.size for info in found))
        work.listed.append(place.name)
        work.save()
    names = [info.name for info in place.store.list(place.prefix) if info.name not in keep]
    for name in sorted(names, key=lambda name: not name.endswith(MANIFEST)):
        with suppress(ObjectRetained):  # counted as what stays, with its day
            place.store.delete(name)


def held_names(tenant_id: UUID) -> frozenset[str]:
    """The contents that a legal hold keeps: of rows that it reaches, and those that it names itself (R5)."""
    names = _named(tenant_id, DocumentVersion)
    prefix = Identity(tenant_id, OBJECT_KIND, "x").path().removesuffix("x")
    stored = [info.name.removeprefix(prefix) for info in document_store().list(prefix)]
    for first in range(0, len(stored), _BATCH):
        names |= held_contents(tenant_id, stored[first : first + _BATCH])
    sent = {Identity(tenant_id, INQUIRIES, name).path() for name in _named(tenant_id, InquiryAttachment)}
    return frozenset(sent | {prefix + name for name in names})


def _named(tenant_id: UUID, model: type[DocumentVersion] | type[InquiryAttachment]) -> set[str]:
    """The contents that the held ones of the rows name."""
    with tenant_scope(tenant_id), transaction.atomic(using=OWNER_ALIAS):
        chosen = held_rows(model, tenant_id)
        if chosen is None:
            return set()
        return set(model.objects.using(OWNER_ALIAS).filter(chosen).values_list("object_name", flat=True))


def retained(place: Place) -> tuple[int, date | None]:
    """How many objects of a place a lock keeps still, and the day on which the last of them is free at the latest."""
    last: ObjectInfo | None = None
    count = 0
    for info in place.store.list(place.prefix):
        count += 1
        last = info if last is None or info.modified > last.modified else last
    if last is None:
        return 0, None
    return count, (last.modified + timedelta(days=settings.BACKUP_LOCK_DAYS + 1)).date()


def naming(store: ObjectStore, words: Collection[str]) -> list[str]:
    """The names of all objects of a store in which one of the words occurs, wherever they lie."""
    return [info.name for info in store.list() if any(word in info.name for word in words)]
