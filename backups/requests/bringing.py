"""Bringing deleted files back from a generation, with all their versions, touching nothing else (B6).

As the tenant's app role, in its own scope. Contents first, copied as they lie in the backup store (they are encrypted
under the same key and the same name); then all rows, the records and the end of the request in one transaction. Whoever
is killed before that leaves contents without rows, which the daily sweep of documents removes.
"""

from collections.abc import Collection, Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from backups.archivedrows import archived_rows, archived_values
from backups.errors import ArchiveDamaged, Cause
from backups.manifest import Manifest, read_manifest
from backups.models import Archive
from backups.objects import read_list
from backups.progress import Progress, silent
from backups.recovery.contents import put_one_back
from backups.requests import working
from backups.requests.actions import FILES_RETURNED
from backups.requests.asking import MOST_FILES
from backups.requests.generation import Generation, OldFolder
from backups.requests.models import RestoreRequest
from documents import queries as documents
from documents.models import Document, DocumentVersion, Folder
from documents.objects import OBJECT_KIND, object_path
from documents.returning import Deleted, Returned, put_back, require_room
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant
from vault.stores import ObjectStore, backup_store, document_store

_MOST_VERSIONS = 100_000
_AT_ONCE = 1000


def bring_back(request: RestoreRequest, archive: Archive, *, actor: Actor, progress: Progress = silent) -> Returned:
    """Bring back what the request names and what is not there; it is done when this returns. No transaction is open.

    Documents that are there meanwhile are left alone. Raises ValidationError for a full storage, too many levels or
    too much at once, ArchiveDamaged, VaultError, NoLongerOurs; nothing is changed then.
    """
    store = backup_store()
    manifest = read_manifest(store, archive.place, sha256=archive.manifest_sha256)
    folders = {folder.id: folder for folder in archived_rows(store, manifest, Folder, (), _every_one)}
    deleted = list(_deleted(store, manifest, request, folders))
    with atomic():
        require_room(sum(one.size for one in deleted))
    names = {version.object_name for one in deleted for version in one.versions}
    _copy_contents(store, manifest, names, progress)
    return _put_back(request, archive, deleted, folders, actor=actor)


def look_after_contents(request: RestoreRequest, archive: Archive) -> int:
    """Bring the contents of returned files once more, where they went missing meanwhile; how many.

    A removal that the deletion had queued may have been on its way when the rows came back: it finds them, or it has
    taken a content in the very moment before.
    """
    keys = [UUID(key) for key in request.result.get("document_ids", [])]
    with atomic():
        names = documents.objects_of(keys)
    wanted = {name for name in names if not document_store().exists(object_path(name))}
    if wanted:
        store = backup_store()
        manifest = read_manifest(store, archive.place, sha256=archive.manifest_sha256)
        _copy_contents(store, manifest, wanted, silent)
    return len(wanted)


def _every_one(_keys: Collection[str | None]) -> bool:
    """Every row is wanted."""
    return True


def _deleted(
    store: ObjectStore, manifest: Manifest, request: RestoreRequest, folders: dict[UUID, Folder]
) -> Iterator[Deleted]:
    """The chosen documents that are not there now, each with its versions."""
    tree = Generation({key: OldFolder(folder.parent_id, folder.name) for key, folder in folders.items()})
    within = {str(key) for key in tree.below(request.folders)}
    singly = {str(key) for key in request.documents}
    rows = archived_values(store, manifest, Document._meta.db_table, ("id", "folder_id"))
    wanted = {key for key, folder in rows if key in singly or (folder is not None and folder in within)}
    wanted -= _there(wanted)
    _require_few(len(wanted), MOST_FILES)
    found = {row.id: row for row in archived_rows(store, manifest, Document, ("id",), lambda keys: keys[0] in wanted)}
    versions: dict[UUID, list[DocumentVersion]] = {key: [] for key in found}
    of_wanted = archived_rows(store, manifest, DocumentVersion, ("document_id",), lambda keys: keys[0] in wanted)
    for number, version in enumerate(of_wanted, start=1):
        _require_few(number, _MOST_VERSIONS)
        versions[version.document_id].append(version)
    for key, document in found.items():
        yield Deleted(document, versions[key])


def _there(keys: Collection[str | None]) -> set[str | None]:
    asked = [UUID(key) for key in keys if key]
    found: set[str | None] = set()
    for start in range(0, len(asked), _AT_ONCE):
        with atomic():
            found |= {str(key) for key in documents.existing(asked[start : start + _AT_ONCE])}
    return found


def _require_few(number: int, most: int) -> None:
    if number > most:
        raise ValidationError(_("This is too much for one time. Choose fewer files."), code="many")


def _copy_contents(store: ObjectStore, manifest: Manifest, names: Collection[str], progress: Progress) -> None:
    """See to it that each content is in the document store, byte for byte as the archive lists it."""
    missing, done = set(names), 0
    for content in read_list(store, manifest):
        if content.kind == OBJECT_KIND and content.name in missing:
            missing.discard(content.name)
            done += 1
            progress("documents", done, len(names))
            put_one_back(store, content, manifest.place.tenant_id)
    if missing:
        raise ArchiveDamaged(manifest.place.object_list, Cause.CONTENT, f"{len(missing)} contents are not listed")


@atomic()
def _put_back(
    request: RestoreRequest, archive: Archive, deleted: list[Deleted], folders: dict[UUID, Folder], *, actor: Actor
) -> Returned:
    day = timezone.localtime(archive.snapshot_at, ZoneInfo(current_tenant().time_zone)).date()
    mark = _("restored %(day)s") % {"day": day.isoformat()}
    back = put_back(deleted, folders, mark=mark, origin={"backup": str(archive.id)}, actor=actor)
    result = {
        "documents": len(back.documents),
        "versions": back.versions,
        "folders": back.folders,
        "size": back.size,
        "renamed": back.renamed,
        "document_ids": [str(document.id) for document in back.documents],
    }
    working.finish(request, FILES_RETURNED, result, actor=actor)
    return back
