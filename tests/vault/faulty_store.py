"""A store that fails as real ones do, when a test says so (B5): nothing is imitated but the failure itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from vault.errors import StoreUnavailable
from vault.stores import ObjectInfo, ObjectReader, ObjectStore, ObjectWriter

Change = Callable[[bytes], bytes]


def flipped(data: bytes) -> bytes:
    """One bit in the middle turned."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0x10]) + data[middle + 1 :] if data else data


@dataclass
class Faults:
    """What goes wrong. Deeds (`write`, `commit`, `read`, `open`, `list`, `delete`) are counted over all objects.

    `refuse_at` is the number of the first deed that fails, `times` how many fail then; `cut_at` the byte after which a
    stream breaks; `alter` changes what is read of the names that it is for; `before` is called before every deed, where
    a slow store would make others wait.
    """

    refuse_at: int = 0
    times: int = 0
    answer: str = "503 SlowDown"
    cut_at: int | None = None
    alter: Change | None = None
    only: str = ""
    before: Callable[[str, str], None] | None = None
    deeds: int = 0
    refused: int = 0

    def meet(self, deed: str, name: str) -> None:
        """One deed; raises StoreUnavailable when it is one of those that fail."""
        if self.only and self.only not in name:
            return
        if self.before is not None:
            self.before(deed, name)
        self.deeds += 1
        if self.deeds >= self.refuse_at > 0 and self.refused < self.times:
            self.refused += 1
            raise StoreUnavailable(name, self.answer)


class FaultyStore(ObjectStore):
    """Hands everything on to a real store, and fails on the way there or back."""

    def __init__(self, inner: ObjectStore, faults: Faults) -> None:
        self.inner = inner
        self.faults = faults

    def writer(self, name: str) -> ObjectWriter:
        self.faults.meet("writer", name)
        return _FaultyWriter(self.inner.writer(name), self.faults)

    def open(self, name: str) -> ObjectReader:
        self.faults.meet("open", name)
        return _FaultyReader(self.inner.open(name), self.faults)

    def info(self, name: str) -> ObjectInfo:
        return self.inner.info(name)

    def exists(self, name: str) -> bool:
        return self.inner.exists(name)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        self.faults.meet("list", prefix)
        return self.inner.list(prefix)

    def delete(self, name: str) -> None:
        self.faults.meet("delete", name)
        self.inner.delete(name)

    def sweep(self, older_than: timedelta) -> int:
        return self.inner.sweep(older_than)


class _FaultyWriter(ObjectWriter):
    def __init__(self, inner: ObjectWriter, faults: Faults) -> None:
        super().__init__(inner.name)
        self._inner = inner
        self._faults = faults

    def _append(self, data: bytes | bytearray | memoryview) -> None:
        self._faults.meet("write", self.name)
        self._inner.write(data)

    def _finish(self) -> None:
        self._faults.meet("commit", self.name)
        self._inner.commit()

    def _discard(self) -> None:
        self._inner.abort()


class _FaultyReader(ObjectReader):
    def __init__(self, inner: ObjectReader, faults: Faults) -> None:
        super().__init__(inner.name, inner.size)
        self._inner = inner
        self._faults = faults
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        self._faults.meet("read", self.name)
        data = self._inner.read(size)
        self._read += len(data)
        concerned = self._faults.only in self.name
        if concerned and self._faults.cut_at is not None and self._read > self._faults.cut_at:
            raise StoreUnavailable(self.name, "the connection was cut")
        return self._faults.alter(data) if concerned and self._faults.alter else data

    def close(self) -> None:
        self._inner.close()
