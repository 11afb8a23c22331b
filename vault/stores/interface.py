"""What an object store is: named streams of bytes, each written once, whole or not at all.

A store knows nothing of tenants and keys. It promises: an object appears complete and durable or does not appear (a
kill or a power cut included), it is never overwritten, reading and writing take constant memory, and a failure has a
name.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The receipt of a finished write: size in bytes, SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object as a store lists it: size in bytes, time of writing (UTC)."""

    name: str
    size: int
    modified: datetime


class ObjectWriter(ABC):
    """One object on its way in, fed chunk by chunk. `with` commits on a clean exit and aborts on an exception.

    A failed write or commit aborts by itself: nothing is visible then, and nothing is left for the caller to tidy.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._digest = hashlib.sha256()
        self._size = 0
        self._open = True
        self._stored: StoredObject | None = None

    @property
    def stored(self) -> StoredObject:
        """The receipt. Raises ValueError before the commit."""
        if self._stored is None:
            raise ValueError(f"{self.name} is not stored")
        return self._stored

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take the next bytes. Raises StoreUnavailable; ValueError after commit or abort."""
        self._require_open()
        try:
            self._append(data)
        except BaseException:
            self.abort()
            raise
        self._digest.update(data)
        self._size += len(data)
        return len(data)

    def commit(self) -> StoredObject:
        """Make the object visible and durable. Raises ObjectExists or StoreUnavailable."""
        self._require_open()
        try:
            self._finish()
        except BaseException:
            self.abort()
            raise
        self._open = False
        self._stored = StoredObject(self.name, self._size, self._digest.hexdigest())
        return self._stored

    def abort(self) -> None:
        """Forget what was written. Does nothing the second time, or after the commit."""
        if self._open:
            self._open = False
            self._discard()

    def _require_open(self) -> None:
        if not self._open:
            raise ValueError(f"the writer of {self.name} is closed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort()
        elif self._open:
            self.commit()

    @abstractmethod
    def _append(self, data: bytes | bytearray | memoryview) -> None: ...

    @abstractmethod
    def _finish(self) -> None: ...

    @abstractmethod
    def _discard(self) -> None:
        """Must not raise: it runs while another error is on its way."""


class ObjectReader(ABC):
    """One object on its way out, read forwards only. `size` is that of the whole object in bytes."""

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size

    @abstractmethod
    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all of them when negative, b"" at the end. Raises StoreUnavailable."""

    @abstractmethod
    def close(self) -> None: ...

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(CHUNK), b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ObjectStore(Protocol):
    """A folder or a bucket. Every method raises InvalidName for a bad name and StoreUnavailable for a failing store."""

    def writer(self, name: str) -> ObjectWriter:
        """Begin an object. Raises ObjectExists now when that can be seen now, else at the commit."""

    def open(self, name: str) -> ObjectReader:
        """Begin to read an object. Raises ObjectMissing."""

    def info(self, name: str) -> ObjectInfo:
        """Size and time of one object. Raises ObjectMissing."""

    def exists(self, name: str) -> bool: ...

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All objects whose names start with the prefix, in the order of their names."""

    def delete(self, name: str) -> None:
        """Remove an object with all versions that the store keeps; a missing one is fine. Raises ObjectRetained."""

    def sweep(self, older_than: timedelta) -> int:
        """Remove what interrupted writers left behind that long ago; how many there were."""

    def put(self, name: str, chunks: bytes | Iterable[bytes]) -> StoredObject:
        """Write a whole object. Raises ObjectExists."""
        with self.writer(name) as writer:
            for chunk in (chunks,) if isinstance(chunks, bytes) else chunks:
                writer.write(chunk)
        return writer.stored
