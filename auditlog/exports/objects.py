"""The files of exports: encrypted objects of their tenant in the vault's document store (D7)."""

from collections.abc import Iterator
from datetime import datetime

from auditlog.exports.models import AuditExport
from tenants.isolation.context import require_tenant_id
from vault.objectformat import Identity
from vault.stores import document_store
from vault.streams import DecryptingReader, EncryptingWriter, read_object, write_object

OBJECT_KIND = "audit-exports"


def file_writer(row: AuditExport) -> EncryptingWriter:
    """Begin the file of the present run. Raises the errors of the vault."""
    return write_object(document_store(), row.tenant_id, OBJECT_KIND, str(row.run))


def open_file(row: AuditExport) -> DecryptingReader:
    """The file, to be read forwards. Raises vault.errors.ObjectMissing, ObjectUnreadable, StoreUnavailable."""
    return read_object(document_store(), row.tenant_id, OBJECT_KIND, str(row.run))


def remove_file(run: object) -> None:
    """Remove the file of a run; a missing one is fine. Raises ObjectRetained, StoreUnavailable."""
    document_store().delete(_path(run))


def stored_files() -> Iterator[tuple[str, datetime]]:
    """The runs that the tenant in scope has files of, and when each was stored."""
    prefix = _path("x").removesuffix("x")
    return ((info.name.removeprefix(prefix), info.modified) for info in document_store().list(prefix))


def _path(run: object) -> str:
    return Identity(require_tenant_id(), OBJECT_KIND, str(run)).path()
