"""The contents of documents in an archive: each is copied to the backup store once, as it is, and listed by every
archive that needs it.

A list is JSON Lines in the order of the names, as is a listing of the store: so lists, listings and rows are merged
side by side, and a company may have millions of documents without anything growing in memory.
"""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar
from uuid import UUID

from backups.errors import ArchiveDamaged, Cause
from backups.layout import LIST_KIND, ArchivePlace, objects_prefix
from backups.manifest import Manifest, canonical
from backups.manifestfields import Fields, Malformed
from backups.parts import Measure, Part, read_part
from vault.errors import InvalidName
from vault.objectformat import Identity
from vault.stores import ObjectStore
from vault.stores.names import check_name

_MAX_LINE = 4096


@dataclass(frozen=True, slots=True)
class ArchivedContent:
    """One content: what it is to the vault (`kind`, `name`), its bytes in the clear and as stored."""

    kind: str
    name: str
    part: Part

    @property
    def key(self) -> str:
        """Its name in the order of lists and listings."""
        return f"{self.kind}/{self.name}"

    def path(self, tenant_id: UUID) -> str:
        """Where it lies in the backup store."""
        return objects_prefix(tenant_id) + self.key

    def identity(self, tenant_id: UUID) -> Identity:
        """What it is to the vault, wherever it lies."""
        return Identity(tenant_id, self.kind, self.name)

    def line(self) -> bytes:
        """As it stands in a list."""
        plain, cipher = self.part.plain, self.part.cipher
        return canonical([self.kind, self.name, plain.bytes, plain.sha256, cipher.bytes, cipher.sha256]) + b"\n"


def list_identity(place: ArchivePlace) -> Identity:
    """What the list of an archive is to the vault."""
    return Identity(place.tenant_id, LIST_KIND, str(place.archive_id))


def read_list(store: ObjectStore, manifest: Manifest) -> Iterator[ArchivedContent]:
    """The objects of an archive in the order of their names. Raises ArchiveDamaged, at the latest after the last."""
    place, receipt = manifest.place, manifest.objects.list
    if receipt is None:
        return
    previous, count = "", 0
    for line in _lines(read_part(store, list_identity(place), place.object_list, receipt)):
        content = _parsed(place.object_list, line)
        if content.key <= previous:
            raise ArchiveDamaged(place.object_list, Cause.CONTENT, "order")
        previous, count = content.key, count + 1
        yield content
    if count != manifest.objects.count:
        raise ArchiveDamaged(place.object_list, Cause.CONTENT, f"{count} objects")


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > _MAX_LINE:
            break
    if rest:
        yield rest


def _parsed(path: str, line: bytes) -> ArchivedContent:
    try:
        kind, name, plain_bytes, plain_sha256, cipher_bytes, cipher_sha256 = json.loads(line)
        fields = Fields({"kind": kind, "name": name, "plain": {"bytes": plain_bytes, "sha256": plain_sha256},
                         "cipher": {"bytes": cipher_bytes, "sha256": cipher_sha256}})  # fmt: skip
        plain, cipher = fields.inner("plain"), fields.inner("cipher")
        content = ArchivedContent(
            fields.text("kind"),
            fields.text("name"),
            Part(
                Measure(plain.count("bytes"), plain.digest("sha256")),
                Measure(cipher.count("bytes"), cipher.digest("sha256")),
            ),
        )
        check_name(content.key)
    except (ValueError, TypeError, RecursionError, Malformed, InvalidName) as error:
        raise ArchiveDamaged(path, Cause.CONTENT, "not a list of objects") from error
    return content


T = TypeVar("T")


class Ordered(Generic[T]):
    """Looks up keys in something ordered that is read once; the keys must be asked in the same order."""

    def __init__(self, items: Iterator[T], key: Callable[[T], str]) -> None:
        self._items = items
        self._key = key
        self._next = next(items, None)

    def get(self, key: str) -> T | None:
        """The item of that key, or None."""
        while self._next is not None and self._key(self._next) < key:
            self._next = next(self._items, None)
        return self._next if self._next is not None and self._key(self._next) == key else None

    def finish(self) -> None:
        """Read to the end, for the checks that come there."""
        for _item in self._items:
            pass


def union(lists: Iterable[Iterator[ArchivedContent]]) -> Iterator[str]:
    """The names that any of the lists holds, in order, each once."""
    merged = heapq.merge(*((content.key for content in contents) for contents in lists))
    return (key for key, _same in groupby(merged))
