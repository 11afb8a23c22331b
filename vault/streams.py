"""Writing and reading encrypted objects as streams, in constant memory (D7, B4). The format: `vault.objectformat`."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self, cast
from uuid import UUID

import tink

from vault.errors import Cause, ObjectUnreadable, TenantKeysMissing
from vault.keys import key_store
from vault.objectformat import Header, Identity, read_header
from vault.primitives import Keyset
from vault.stores.interface import ObjectReader, ObjectStore, ObjectWriter
from vault.tenantkeys import TenantKeys

CHUNK = 256 * 1024


def write_object(
    store: ObjectStore, tenant_id: UUID, kind: str, name: str, *, path: str | None = None, digested: bool = True
) -> "EncryptingWriter":
    """Begin an encrypted object. `path` is where it lies in the store, `<tenant>/<kind>/<name>` unless given.

    Whoever has a digest of the content already does without the receipt's: `digested=False` leaves it empty.
    Raises TenantKeysMissing, ObjectExists, StoreUnavailable, InvalidName.
    """
    identity = Identity(tenant_id, kind, name)
    keys = key_store().tenant_keys(tenant_id)
    return EncryptingWriter(store.writer(path or identity.path()), identity, keys, digested=digested)


def read_object(
    store: ObjectStore,
    tenant_id: UUID,
    kind: str,
    name: str,
    *,
    path: str | None = None,
    cipher_size: int | None = None,
) -> "DecryptingReader":
    """Begin to read an encrypted object that was written under this tenant, kind and name, from wherever it lies now.

    The header and the first segment are checked before this returns; later segments as they come, so whoever passes
    content on must break off at an exception. With the recorded `cipher_size` a shortened object is refused at once.
    Raises ObjectMissing, ObjectUnreadable (with its cause), StoreUnavailable.
    """
    identity = Identity(tenant_id, kind, name)
    reader = store.open(path or identity.path())
    try:
        return DecryptingReader(reader, identity, cipher_size)
    except BaseException:
        reader.close()
        raise


@dataclass(frozen=True, slots=True)
class WrittenObject:
    """The receipt: sizes in bytes and SHA-256 in hexadecimal, of the content and of the object as stored."""

    path: str
    key_id: str
    plain_size: int
    plain_sha256: str
    cipher_size: int
    cipher_sha256: str


class _Sink(io.RawIOBase):
    """The store's writer as Tink wants it. Keeps the store's own error, which Tink turns into text."""

    def __init__(self, out: ObjectWriter) -> None:
        super().__init__()
        self._out = out
        self.abandoned = False
        self.failure: Exception | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # Tink hands over bytes
        # Tink's stream writes its last segment when it is closed or collected, and that may be after an abort.
        if self.abandoned:
            return len(data)
        try:
            return self._out.write(data)
        except Exception as error:
            self.failure = error
            raise


class _Source(io.RawIOBase):
    """The store's reader as Tink wants it. Keeps the store's own error, as above."""

    def __init__(self, reader: ObjectReader) -> None:
        super().__init__()
        self._reader = reader
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return self._reader.read(size)
        except Exception as error:
            self.failure = error
            raise

    def close(self) -> None:
        super().close()
        self._reader.close()


class EncryptingWriter:
    """Content in, encrypted object out. `with` commits on a clean exit; an exception leaves nothing in the store."""

    def __init__(self, out: ObjectWriter, identity: Identity, keys: TenantKeys, *, digested: bool = True) -> None:
        data_key = Keyset.new_streaming()
        self._out = out
        self._key_id = keys.key_id
        self._digest = hashlib.sha256() if digested else None
        self._size = 0
        self._written: WrittenObject | None = None
        out.write(Header(identity, keys.key_id, keys.wrap(data_key, identity.bind_data_key(keys.key_id))).encoded())
        self._sink = _Sink(out)
        self._stream = data_key.streaming_aead().new_encrypting_stream(
            cast("BinaryIO", self._sink), identity.bind_content()
        )

    @property
    def written(self) -> WrittenObject:
        """The receipt. Raises ValueError before the commit."""
        if self._written is None:
            raise ValueError(f"{self._out.name} is not stored")
        return self._written

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take the next bytes of the content. Raises StoreUnavailable; ValueError after commit or abort."""
        self._require_open()
        with self._abort_on_failure():
            self._stream.write(data)
        if self._digest is not None:
            self._digest.update(data)
        self._size += len(data)
        return len(data)

    def commit(self) -> WrittenObject:
        """Make the object visible and durable. Raises ObjectExists or StoreUnavailable."""
        self._require_open()
        with self._abort_on_failure():
            self._stream.close()
            stored = self._out.commit()
        digest = self._digest.hexdigest() if self._digest is not None else ""
        self._written = WrittenObject(stored.name, self._key_id, self._size, digest, stored.size, stored.sha256)
        return self._written

    def abort(self) -> None:
        """Forget what was written. Does nothing the second time, or after the commit."""
        if self._is_open():
            self._sink.abandoned = True
            self._out.abort()
            with suppress(tink.TinkError):
                self._stream.close()

    def _is_open(self) -> bool:
        return not self._sink.abandoned and self._written is None

    def _require_open(self) -> None:
        if not self._is_open():
            raise ValueError(f"the writer of {self._out.name} is closed")

    @contextmanager
    def _abort_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.abort()
            if self._sink.failure:
                raise self._sink.failure from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort()
        elif self._is_open():
            self.commit()


class DecryptingReader:
    """The content of an encrypted object: an iterator of chunks and a file that is read forwards only."""

    def __init__(self, reader: ObjectReader, identity: Identity, cipher_size: int | None) -> None:
        self.path = reader.name
        if cipher_size is not None and reader.size != cipher_size:
            raise ObjectUnreadable(self.path, Cause.TRUNCATED if reader.size < cipher_size else Cause.TAMPERED)
        header = read_header(reader, self.path)
        if header.identity != identity:
            found = header.identity
            raise ObjectUnreadable(self.path, Cause.MISPLACED, f"{found.tenant_id}/{found.kind}/{found.name}")
        try:
            keys = key_store().tenant_keys(identity.tenant_id, holding=header.key_id)
        except TenantKeysMissing as error:
            raise ObjectUnreadable(self.path, Cause.KEYS_MISSING) from error
        self.key_id = header.key_id
        self._source = _Source(reader)
        aead = header.unwrap(keys, self.path).streaming_aead()
        self._stream = aead.new_decrypting_stream(cast("BinaryIO", self._source), identity.bind_content())
        self._first = self._read(CHUNK)

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all of them when negative, b"" at the end. Raises ObjectUnreadable, StoreUnavailable."""
        if size < 0:
            return b"".join(self)
        if self._first:
            data, self._first = self._first[:size], self._first[size:]
            return data
        return self._read(size)

    def close(self) -> None:
        self._first = b""
        self._stream.close()

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except tink.TinkError as error:
            self._stream.close()
            if self._source.failure:
                raise self._source.failure from error
            raise ObjectUnreadable(self.path, Cause.TAMPERED) from error

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if data := self.read(CHUNK):
            return data
        self.close()
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
