"""The tables of an archive: large ones have a part each, small ones share one, and one without rows has none (B1).

A store charges for each object and a disk for each sync, so an almost empty company must not cost as many of them as
there are tables.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Self

from backups.content import ArchivedTable
from backups.errors import ArchiveDamaged, Cause
from backups.layout import ArchivePlace
from backups.manifest import MAX_SMALL_PART, Slice, TableEntry
from backups.parts import Measure, PartWriter, read_part
from vault.stores import ObjectStore

# Bytes of COPY text up to which a table goes into the shared part.
SMALL_TABLE = 256 * 1024


class TableSink:
    """Takes the COPY text of one table: kept while it is small, in a part of its own as soon as it is not."""

    def __init__(self, store: ObjectStore, place: ArchivePlace, name: str, room: int) -> None:
        self._begin = partial(PartWriter, store, place.table_identity(name), place.table(name))
        self._limit = min(SMALL_TABLE, room)
        self._parts = ExitStack()
        self.kept = bytearray()
        self.own: PartWriter | None = None

    def write(self, data: bytes | memoryview) -> None:
        """Take the next bytes."""
        if self.own is not None:
            self.own.write(data)
            return
        self.kept += data
        if len(self.kept) > self._limit:
            self.own = self._parts.enter_context(self._begin())
            self.own.write(self.kept)
            self.kept = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._parts.__exit__(*error)  # type: ignore[arg-type]


class TablesWriter:
    """Writes the tables of an archive, one after the other; `finish` writes the shared part."""

    def __init__(self, store: ObjectStore, place: ArchivePlace) -> None:
        self._store = store
        self._place = place
        self._small = bytearray()
        self._entries: list[TableEntry] = []
        self.key_ids: set[str] = set()

    def add(self, table: ArchivedTable, copy_rows: Callable[[TableSink], int]) -> None:
        """Take a table from a function that writes its text into a sink and returns the number of rows."""
        with TableSink(self._store, self._place, table.name, MAX_SMALL_PART - len(self._small)) as sink:
            rows = copy_rows(sink)
        entry = TableEntry(table.name, table.columns, rows)
        if sink.own is not None:
            self.key_ids.add(sink.own.key_id)
            entry = replace(entry, part=sink.own.part)
        elif rows:
            text = Measure(len(sink.kept), hashlib.sha256(sink.kept).hexdigest())
            entry = replace(entry, slice=Slice(len(self._small), text))
            self._small += sink.kept
        self._entries.append(entry)

    def finish(self) -> tuple[TableEntry, ...]:
        """Store the shared part, when a table is in it; returns the entries of all tables."""
        if not self._small:
            return tuple(self._entries)
        with PartWriter(self._store, self._place.small_identity, self._place.small) as out:
            out.write(self._small)
        self.key_ids.add(out.key_id)
        return tuple(replace(entry, part=out.part) if entry.slice else entry for entry in self._entries)


class TablesReader:
    """Reads the tables of one archive, the shared part once and as a whole."""

    def __init__(self, store: ObjectStore, place: ArchivePlace) -> None:
        self._store = store
        self._place = place
        self._small = b""

    def read(self, entry: TableEntry) -> Iterator[bytes]:
        """The COPY text of a table, checked as `read_part` checks it. Raises ArchiveDamaged, StoreUnavailable."""
        if entry.part is None:
            return iter(())
        if entry.slice is None:
            place, name = self._place, entry.name
            return read_part(self._store, place.table_identity(name), place.table(name), entry.part)
        return self._from_small(entry)

    def _from_small(self, entry: TableEntry) -> Iterator[bytes]:
        if entry.part is None or entry.slice is None:
            raise ValueError(f"{entry.name} is in no shared part")
        if not self._small:
            place = self._place
            self._small = b"".join(read_part(self._store, place.small_identity, place.small, entry.part))
        begin, text = entry.slice.offset, entry.slice.plain
        piece = self._small[begin : begin + text.bytes]
        if Measure(len(piece), hashlib.sha256(piece).hexdigest()) != text:
            raise ArchiveDamaged(self._place.small, Cause.DIGEST, entry.name)
        yield piece
