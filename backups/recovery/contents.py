"""Putting contents back into the document store: those that it lacks, the bytes as they are in the backup (B6)."""

from uuid import UUID

from backups.errors import ArchiveDamaged, Cause
from backups.manifest import Manifest
from backups.objects import ArchivedContent, read_list
from backups.progress import Progress
from vault.errors import ObjectExists
from vault.stores import ObjectStore, copy_object, document_store


def put_back(store: ObjectStore, manifest: Manifest, progress: Progress) -> int:
    """Copy what the document store lacks, for the same tenant under the same keys; returns how many.

    May run again at any time. Raises ArchiveDamaged, StoreUnavailable. What was copied before a failure belongs to no
    row then, and the sweep of the document store takes it after a day.
    """
    tenant_id, copied = manifest.place.tenant_id, 0
    for number, content in enumerate(read_list(store, manifest), start=1):
        progress("documents", number, manifest.objects.count)
        copied += put_one_back(store, content, tenant_id)
    return copied


def put_one_back(store: ObjectStore, content: ArchivedContent, tenant_id: UUID) -> bool:
    """Copy one content if the document store lacks it; whether it did. Raises ArchiveDamaged."""
    path, target = content.path(tenant_id), content.identity(tenant_id).path()
    if document_store().exists(target):
        return False
    if not store.exists(path):
        raise ArchiveDamaged(path, Cause.PART_MISSING)
    try:
        stored = copy_object(store, path, document_store(), target)
    except ObjectExists:  # somebody was faster, with the same bytes
        return False
    if (stored.size, stored.sha256) != (content.part.cipher.bytes, content.part.cipher.sha256):
        document_store().delete(target)
        raise ArchiveDamaged(path, Cause.DIGEST)
    return True
