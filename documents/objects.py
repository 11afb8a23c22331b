"""The contents of documents as encrypted objects in the vault's document store (D7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from documents.models import DocumentVersion
from tenants.isolation.context import require_tenant_id
from tenants.isolation.models import new_id
from vault.filetypes import HEAD_BYTES, content_type_of
from vault.objectformat import Identity
from vault.stores import document_store
from vault.streams import DecryptingReader, read_object, write_object

OBJECT_KIND = "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """A content that is in the store and waits for its row. Size in bytes and SHA-256 of the plain content."""

    object_name: str
    size: int
    sha256: str
    content_type: str


class ContentWriter:
    """One content on its way into the store, chunk by chunk, in constant memory."""

    def __init__(self) -> None:
        self.object_name = str(new_id())
        self.size = 0
        self._head = b""
        self._writer = write_object(document_store(), require_tenant_id(), OBJECT_KIND, self.object_name)

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises vault.errors.StoreUnavailable."""
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
        self._writer.write(chunk)
        self.size += len(chunk)

    def commit(self, *, name: str) -> StoredContent:
        """Put the whole content in its place; the file's name helps to tell its type."""
        written = self._writer.commit()
        return StoredContent(
            object_name=self.object_name,
            size=written.plain_size,
            sha256=written.plain_sha256,
            content_type=content_type_of(self._head, name),
        )

    def abort(self) -> None:
        """Leave nothing in the store. Does nothing after the commit."""
        self._writer.abort()


def store_content(chunks: Iterable[bytes], *, name: str) -> StoredContent:
    """Store a whole content."""
    writer = ContentWriter()
    try:
        for chunk in chunks:
            writer.write(chunk)
        return writer.commit(name=name)
    except BaseException:
        writer.abort()
        raise


def open_content(version: DocumentVersion) -> DecryptingReader:
    """The content of a version, to be read forwards. Its beginning is checked before this returns.

    Raises vault.errors.ObjectMissing, ObjectUnreadable, StoreUnavailable.
    """
    return read_object(document_store(), version.tenant_id, OBJECT_KIND, version.object_name)


def object_path(object_name: str) -> str:
    """Where the object of the tenant in scope lies in the document store."""
    return Identity(require_tenant_id(), OBJECT_KIND, object_name).path()
