"""ZIP files one behind the other, in constant memory (R3)."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from zipfile import ZIP_STORED, ZipFile

import pytest

from retention.returning import packing
from retention.returning.packing import Entry, Packer

AT = datetime(2026, 11, 22, 12, 0, 0)  # noqa: DTZ001 - the time on the wall, as a ZIP has it


class Parts:
    """A shelf in memory; with `keep=False` it forgets what it gets."""

    def __init__(self, *, keep: bool = True) -> None:
        self.parts: list[io.BytesIO] = []
        self.committed = 0
        self._keep = keep

    def begin(self, number: int) -> "Parts":
        assert number == len(self.parts) + 1
        self.parts.append(io.BytesIO())
        return self

    def write(self, data: bytes) -> None:
        if self._keep:
            self.parts[-1].write(data)

    def commit(self) -> None:
        self.committed += 1


def test_parts_end_between_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: each a ZIP of its own below the limit; what is larger has a part of its own; every digest is right."""
    monkeypatch.setattr(packing, "PART_BYTES", 100_000)
    shelf, noted = Parts(), list[int]()
    packer = Packer(shelf, noted.append)
    sizes = [40_000, 40_000, 40_000, 250_000, 10, 20]
    contents = {f"files/請求書{number}.bin": bytes([number]) * size for number, size in enumerate(sizes)}
    packed = [
        packer.add(Entry(path, AT, len(text), solid=True), [text[:7], text[7:]]) for path, text in contents.items()
    ]
    packer.add_folder("files/空/")
    packed.append(packer.add(Entry("data/rows.csv", AT), [b"a,b\r\n"] * 3))
    parts = packer.finish()
    assert [one.part for one in packed] == [1, 1, 2, 3, 4, 4, 4]
    assert shelf.committed == len(parts) == 4
    assert sum(noted) == sum(sizes) + 15
    for part, stored in zip(parts, shelf.parts, strict=True):
        assert (part.size, part.sha256) == (len(stored.getvalue()), sha256(stored.getvalue()).hexdigest())
        assert part.size <= 100_000 or part.entries == 1
        with ZipFile(stored) as archive:
            assert archive.testzip() is None
            assert len(archive.namelist()) == part.entries
            for one in packed:
                if one.part == part.number and one.path in contents:
                    text = archive.read(one.path)
                    assert text == contents[one.path]
                    assert (one.size, one.sha256) == (len(text), sha256(text).hexdigest())
                    assert archive.getinfo(one.path).compress_type == ZIP_STORED
                    assert archive.getinfo(one.path).date_time == (2026, 11, 22, 12, 0, 0)


def test_memory_stays_flat() -> None:
    """R3: 40 MB in files of 20 MB, of which never more than a few pieces are there at a time."""

    def content() -> Iterator[bytes]:
        for _ in range(80):
            yield bytes(256 * 1024)

    packer = Packer(Parts(keep=False), lambda _size: None)
    tracemalloc.start()
    for number in range(2):
        packer.add(Entry(f"{number}.bin", AT, 80 * 256 * 1024, solid=number == 0), content())
    packer.finish()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
