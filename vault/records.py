"""Versioned records in an object store: `<folder>/<n>.json`, each written once, the newest one counts.

Write-once records make a rotation a new version instead of an overwrite, so two writers cannot undo each other and the
store may lie on a medium that forbids changes.
"""

import json
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from vault.errors import KeysAltered, ObjectMissing, RootKeyUnavailable
from vault.stores.interface import ObjectInfo, ObjectStore

logger = logging.getLogger(__name__)

Record = dict[str, Any]
# How often a listing is taken again when a version was removed between it and the reading.
_ATTEMPTS = 5
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


class Records:
    """The versions of one record."""

    def __init__(self, store: ObjectStore, folder: str) -> None:
        self._store = store
        self.folder = folder

    def listing(self) -> tuple[ObjectInfo, ...]:
        """All versions as the store lists them, oldest first."""
        found = {
            int(stem): info
            for info in self._store.list(self.folder + "/")
            if _VERSION.fullmatch(stem := info.name.removeprefix(self.folder + "/").removesuffix(".json"))
        }
        return tuple(found[version] for version in sorted(found))

    def version(self, info: ObjectInfo) -> int:
        """The number of a listed version."""
        return int(info.name.removeprefix(self.folder + "/").removesuffix(".json"))

    def add(self, version: int, record: Record) -> None:
        """Write a version. Raises ObjectExists when another process was first."""
        stamped = {**record, "version": version, "created": datetime.now(UTC).isoformat(timespec="seconds")}
        self._store.put(f"{self.folder}/{version}.json", json.dumps(stamped, indent=2, sort_keys=True).encode())

    def read(self, info: ObjectInfo, kind: str) -> Record:
        """The content of a version. Raises ObjectMissing; KeysAltered when it is not a record of that kind."""
        with self._store.open(info.name) as reader:
            content = reader.read()
        try:
            record = json.loads(content)
        except ValueError as error:
            raise KeysAltered(f"{info.name} is not JSON") from error
        if not isinstance(record, dict) or record.get("format") != kind:
            raise KeysAltered(f"{info.name} is not of the format {kind}")
        return record

    def delete_all(self) -> None:
        """Delete every version, the newest first, so that a half-done deletion has left the least useful ones."""
        for info in reversed(self.listing()):
            self._store.delete(info.name)


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Stamp = tuple[ObjectInfo, ...]


@dataclass(slots=True)
class _Kept(Generic[V]):
    stamp: Stamp
    value: V
    checked: float


class RecentlyUsed(Generic[K, V]):
    """Values loaded from records, kept in this process: few, and asked for again soon.

    After `seconds` the listing is compared with the store; only a changed record is loaded (and unwrapped, which may be
    a request to KMS) again. So a destruction or a rotation elsewhere is seen within that time.
    """

    def __init__(
        self, listing: Callable[[K], Stamp], load: Callable[[K, Stamp], V], *, seconds: float, size: int
    ) -> None:
        self._listing = listing
        self._load = load
        self._seconds = seconds
        self._size = size
        self._kept: OrderedDict[K, _Kept[V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V:
        """The value; whatever `listing` and `load` raise when there is none."""
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(key)
            if kept and now - kept.checked < self._seconds:
                self._kept.move_to_end(key)
                return kept.value
        try:
            fresh = self._fresh(key, kept, now)
        except Exception:
            self.forget(key)
            raise
        with self._lock:
            self._kept[key] = fresh
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return fresh.value

    def refreshed(self, key: K) -> V:
        """The value as the store has it now: for who met something that the kept one does not know."""
        with self._lock:
            if kept := self._kept.get(key):
                kept.checked = float("-inf")
        return self.get(key)

    def _fresh(self, key: K, kept: _Kept[V] | None, now: float) -> _Kept[V]:
        for attempt in range(_ATTEMPTS):
            stamp = self._listing(key)
            if kept and kept.stamp == stamp:
                return _Kept(stamp, kept.value, now)
            try:
                return _Kept(stamp, self._load(key, stamp), now)
            except ObjectMissing:
                if attempt + 1 == _ATTEMPTS:
                    raise
            except RootKeyUnavailable:
                # KMS fails, and there is a new version beside the one that is kept: that one serves on for a while.
                if kept is None or not set(kept.stamp) & set(stamp):
                    raise
                logger.warning("The root key is out of reach; the keys of %s that are kept serve on", key)
                return _Kept(kept.stamp, kept.value, now)
        raise AssertionError("the loop returns or raises")

    def forget(self, key: K) -> None:
        with self._lock:
            self._kept.pop(key, None)
