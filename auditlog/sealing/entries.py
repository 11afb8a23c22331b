"""Leaves of a segment's tree: for each event its day, for how many days it is kept, its key and the hash of its line.

They say which events a segment is made of, in which order, and from which day on one may be missing. A leaf tells
nothing of the event: the line that was hashed has a random salt in it, which goes when the event goes.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

SIZE = 52
_TERM_BYTES = 4
_DIGEST = slice(20, 52)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf, read. `day` is that of the event, counted from 1970, `days` is for how many it is kept."""

    day: int
    days: int
    id: UUID
    digest: bytes

    @property
    def expires(self) -> int:
        """The first day on which the event may be gone, as its leaf says."""
        return self.day + self.days


def expiry_of(term: int) -> int:
    """The first day on which an event of that term may be gone."""
    return (term >> 16) + (term & 0xFFFF)


def pack(term: int, key: bytes, line: bytes) -> bytes:
    """The leaf of an event: its day and the days it is kept in one number (`canonical.TERM`), its key, its line."""
    return term.to_bytes(_TERM_BYTES) + key + sha256(line).digest()


def read(entry: bytes) -> Entry:
    """The parts of a leaf."""
    return Entry(
        int.from_bytes(entry[:2]),
        int.from_bytes(entry[2:_TERM_BYTES]),
        UUID(bytes=entry[_TERM_BYTES:20]),
        entry[_DIGEST],
    )


def split(entries: bytes) -> list[bytes]:
    """The leaves one by one."""
    return [entries[at : at + SIZE] for at in range(0, len(entries), SIZE)]


def digests(entries: bytes) -> list[bytes]:
    """The hashes of the lines."""
    return [entries[at + _DIGEST.start : at + SIZE] for at in range(0, len(entries), SIZE)]


def leaf_hashes(entries: bytes) -> list[bytes]:
    """What the tree is built over."""
    return [sha256(b"\x00" + entries[at : at + SIZE]).digest() for at in range(0, len(entries), SIZE)]


def position_of(entries: bytes, id: UUID) -> int | None:  # noqa: A002 - it is the id
    """Which leaf is that event's."""
    found = entries.find(id.bytes)
    while found >= 0 and found % SIZE != _TERM_BYTES:
        found = entries.find(id.bytes, found + 1)
    return None if found < 0 else found // SIZE


def day_of(days: int) -> date:
    """A day by its number since 1970."""
    return _EPOCH + timedelta(days=days)


def number_of(day: date) -> int:
    """The number of a day since 1970."""
    return (day - _EPOCH).days
