"""Writing ZIP files one behind the other while what is in them is being read: nothing is ever held as a whole (R3).

Each part is a ZIP file of its own and ends between two entries, at most at 2 GB; an entry that is larger than that has
a part of its own (ZIP64). Names are UTF-8.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import IO, Protocol, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

PART_BYTES = 2_000_000_000
# The directory of a ZIP file is in memory until its end: a few dozen megabytes at the most.
PART_ENTRIES = 50_000
_OVERHEAD = 1000  # of an entry, with its place in the directory, at the most
_DEFLATE_LEVEL = 6


class PartWriter(Protocol):
    """One part on its way to where it will be."""

    def write(self, data: bytes) -> None: ...

    def commit(self) -> None:
        """Complete it."""


class Shelf(Protocol):
    """Where parts go."""

    def begin(self, number: int) -> PartWriter: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a ZIP: its path, its time on the wall, its `size` if it is known; `solid` ones are not packed."""

    path: str
    at: datetime
    size: int | None = None
    solid: bool = False

    @property
    def info(self) -> ZipInfo:
        """As a ZIP wants it; it knows times from 1980 on, in steps of two seconds."""
        info = ZipInfo(self.path, max(self.at.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
        info.compress_type = ZIP_STORED if self.solid else ZIP_DEFLATED
        info._compresslevel = _DEFLATE_LEVEL  # type: ignore[attr-defined]  # its only way for a stream
        info.external_attr = 0o644 << 16
        info.file_size = self.size or 0
        return info


@dataclass(frozen=True, slots=True)
class Packed:
    """What has become of an entry: its part, bytes and SHA-256 of its content."""

    path: str
    part: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackedPart:
    """A part that is complete: bytes, SHA-256 in hexadecimal, number of entries."""

    number: int
    size: int
    sha256: str
    entries: int


class _Out:
    """The file of a part as ZipFile writes to it: forwards only."""

    def __init__(self, writer: PartWriter) -> None:
        self.writer = writer
        self.size = 0
        self.digest = sha256()
        self.failure: Exception | None = None

    def write(self, data: bytes) -> int:
        if self.failure is not None:  # ZipFile goes on, to end an entry; the first error is the one to tell
            raise self.failure
        try:
            self.writer.write(data)
        except Exception as error:
            self.failure = error
            raise
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""


class Packer:
    """Entries in, parts out. `note` hears of the bytes of contents as they pass. `finish` completes the last part."""

    def __init__(self, shelf: Shelf, note: Callable[[int], None]) -> None:
        self.parts: list[PackedPart] = []
        self._shelf, self._note = shelf, note
        self._begin()

    @property
    def part(self) -> int:
        """The number of the part that is being written."""
        return len(self.parts) + 1

    def add(self, entry: Entry, content: Iterable[bytes]) -> Packed:
        """Write an entry. An error of the content comes through; what came before it stays in the part."""
        self._make_room(entry.size)
        digest, size = sha256(), 0
        unknown = entry.size is None  # it may be as large as ZIP64 only can say
        with self._zip.open(entry.info, "w", force_zip64=unknown) as out:
            for chunk in content:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                self._note(len(chunk))
        return Packed(entry.path, self.part, size, digest.hexdigest())

    def add_folder(self, path: str) -> None:
        """A folder, that is there also when nothing is in it."""
        self._make_room(0)
        self._zip.mkdir(path)

    def finish(self) -> list[PackedPart]:
        """Complete the last part."""
        self._end()
        return self.parts

    def abandon(self) -> None:
        """Write nothing more: without this a ZipFile writes its end when it is collected."""
        self._zip.fp = None

    def _make_room(self, size: int | None) -> None:
        """Begin a new part if this one has not enough room; what nobody knows the size of wants half a part."""
        count = len(self._zip.filelist)
        needed = PART_BYTES // 2 if size is None else size
        if count and (count >= PART_ENTRIES or self._out.size + needed + _OVERHEAD * (count + 1) > PART_BYTES):
            self._end()
            self._begin()

    def _begin(self) -> None:
        self._out = _Out(self._shelf.begin(len(self.parts) + 1))
        self._zip = ZipFile(cast("IO[bytes]", self._out), "w")

    def _end(self) -> None:
        entries = len(self._zip.filelist)
        self._zip.close()
        self._out.writer.commit()
        done = PackedPart(self.part, self._out.size, self._out.digest.hexdigest(), entries)
        self.parts.append(done)
