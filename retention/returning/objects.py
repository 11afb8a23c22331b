"""The parts of data returns in the vault's document store (D7): each is a row of encrypted objects, its blocks.

So that a download that broke off goes on where it was: an encrypted object is read from its beginning only, and of
blocks the right one is near.
"""

import contextlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from retention.returning.models import DataReturn, Part
from tenants.isolation.context import require_tenant_id
from vault.errors import Cause, ObjectRetained, ObjectUnreadable
from vault.objectformat import Identity
from vault.stores import document_store
from vault.streams import DecryptingReader, EncryptingWriter, read_object, write_object

OBJECT_KIND = "data-returns"
BLOCK = 16 * 1024 * 1024
_CHUNK = 256 * 1024


class BlockShelf:
    """Where a run puts its parts; `key_ids` are the keys that they were encrypted by."""

    def __init__(self, tenant_id: UUID, run: UUID) -> None:
        self.tenant_id, self.run = tenant_id, run
        self.key_ids: set[str] = set()
        self._open: _Blocks | None = None

    def begin(self, number: int) -> "_Blocks":
        """A part. Raises the errors of the vault."""
        self._open = _Blocks(self, number)
        return self._open

    def discard(self) -> None:
        """Remove whatever the run has stored. Raises StoreUnavailable."""
        if self._open is not None:
            self._open.abort()
        remove_run(self.run)


class _Blocks:
    """One part on its way into the store. A block becomes durable in a thread, while the next one is written.

    So its error comes through with the next block, at the commit at the latest.
    """

    def __init__(self, shelf: BlockShelf, number: int) -> None:
        self._shelf, self._number = shelf, number
        self._block = 0
        self._room = 0
        self._writer: EncryptingWriter | None = None
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._ending: Future[None] | None = None

    def write(self, data: bytes) -> None:
        """The next bytes. Raises the errors of the vault."""
        rest = memoryview(data)
        while rest:
            if self._writer is None:
                name = _name(self._shelf.run, self._number, self._block)
                self._writer = write_object(document_store(), self._shelf.tenant_id, OBJECT_KIND, name, digested=False)
                self._room = BLOCK
            piece = rest[: self._room]
            self._writer.write(bytes(piece) if len(piece) < len(data) else data)
            self._room -= len(piece)
            rest = rest[len(piece) :]
            if not self._room:
                self._end_block()

    def commit(self) -> None:
        """Complete the part: all of it is durable then. Raises the errors of the vault."""
        self._end_block()
        self._wait()
        self._thread.shutdown()

    def abort(self) -> None:
        """Forget it."""
        self._thread.shutdown()
        if self._writer is not None:
            self._writer.abort()

    def _end_block(self) -> None:
        self._wait()
        if self._writer is not None:
            self._ending = self._thread.submit(self._commit, self._writer)
            self._writer = None
            self._block += 1

    def _wait(self) -> None:
        """Until the block before is durable: there is never more than one."""
        if self._ending is not None:
            ending, self._ending = self._ending, None
            ending.result()

    def _commit(self, writer: EncryptingWriter) -> None:
        self._shelf.key_ids.add(writer.commit().key_id)


class PartReader:
    """The bytes `start` to before `stop` of a part. The first of them are read, and checked, before this is there.

    Raises the errors of the vault, while iterating too: whoever passes the bytes on must break off then.
    """

    def __init__(self, row: DataReturn, part: Part, start: int, stop: int) -> None:
        self._tenant_id, self._run, self._part = row.tenant_id, row.run, part
        self._position, self._stop = start, stop
        self._reader: DecryptingReader | None = None
        self._waiting = self._next()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self._waiting:
            self.close()
            raise StopIteration
        given, self._waiting = self._waiting, b""
        self._waiting = self._next()
        return given

    def close(self) -> None:
        """Let go of the object."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _next(self) -> bytes:
        while self._position < self._stop:
            data = self._opened().read(_CHUNK)
            if not data:  # the end of a block
                self.close()
                continue
            data = data[: self._stop - self._position]
            self._position += len(data)
            return data
        return b""

    def _opened(self) -> DecryptingReader:
        if self._reader is None:
            block, skip = divmod(self._position, self._part.block_size)
            name = _name(self._run, self._part.number, block)
            self._reader = read_object(document_store(), self._tenant_id, OBJECT_KIND, name)
            while skip and (passed := self._reader.read(min(skip, _CHUNK))):
                skip -= len(passed)
            if skip:
                raise ObjectUnreadable(self._reader.path, Cause.TRUNCATED)
        return self._reader


def remove_run(run: object) -> int:
    """Remove all objects of a run; how many. Those that the store keeps are left. Raises StoreUnavailable."""
    names = [info.name for info in document_store().list(f"{_prefix()}{run}/")]
    for name in names:
        with contextlib.suppress(ObjectRetained):
            document_store().delete(name)
    return len(names)


def stored_runs() -> dict[str, datetime]:
    """The runs that the tenant in scope has objects of, and when the newest of each was stored."""
    runs: dict[str, datetime] = {}
    for info in document_store().list(_prefix()):
        run = info.name.removeprefix(_prefix()).partition("/")[0]
        runs[run] = max(info.modified, runs.get(run, info.modified))
    return runs


def _name(run: object, part: int, block: int) -> str:
    return f"{run}/{part:05}/{block:05}"


def _prefix() -> str:
    return Identity(require_tenant_id(), OBJECT_KIND, "x").path().removesuffix("x")
