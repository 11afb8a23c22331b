"""The published files in the memory of this process: the application serves them about as fast as any file (N1).

They come from the store, which is looked at every few seconds; while it is away, what was there last is served on. A
page that has become too old, because nothing renders any more, says so: it is rendered again from its document.
"""

import gzip
import hashlib
import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from incidents.status.document import STALE_AFTER
from incidents.status.publishing import MANIFEST, published_document, read_manifest
from incidents.status.rendering import render
from incidents.status.store import StatusFolder, StatusStore, cache_control, content_type
from vault.errors import StoreUnavailable

logger = logging.getLogger(__name__)

# A folder is a look at a file, a bucket is a request.
_FOLDER_SECONDS, _BUCKET_SECONDS = 1.0, 10.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file in memory, as it is and packed."""

    digest: str
    plain: bytes
    packed: bytes
    headers: dict[str, str]

    @classmethod
    def of(cls, name: str, content: bytes) -> "Loaded":
        """Make ready for serving."""
        digest = hashlib.sha256(content).hexdigest()
        headers = {"Content-Type": content_type(name), "Cache-Control": cache_control(name), "ETag": f'"{digest[:32]}"'}
        return cls(digest, content, gzip.compress(content, mtime=0), headers)


class Site:
    """The published files of one store, kept in memory by this process."""

    def __init__(self, store: StatusStore) -> None:
        self.store = store
        self._seconds = _FOLDER_SECONDS if isinstance(store, StatusFolder) else _BUCKET_SECONDS
        self._lock = threading.Lock()
        self._files: dict[str, Loaded] = {}
        self._as_of: datetime | None = None
        self._digests: dict[str, str] = {}
        self._is_aged = False
        self._checked = float("-inf")

    def get(self, name: str) -> Loaded | None:
        """A file; None where there is none."""
        if time.monotonic() - self._checked > self._seconds and self._lock.acquire(blocking=not self._files):
            # Who comes meanwhile gets what was there before; only before the first time is there nothing.
            try:
                self._refresh()
            finally:
                self._lock.release()
        return self._files.get(name)

    def _refresh(self) -> None:
        if time.monotonic() - self._checked <= self._seconds:
            return  # another thread has just done it
        try:
            digests, as_of = read_manifest(self.store.read(MANIFEST))
            if digests and (digests, as_of) != (self._digests, self._as_of):
                self._load(digests)
                self._digests, self._as_of, self._is_aged = digests, as_of, False
            self._age()
        except StoreUnavailable:
            logger.exception("The store of the status page does not answer; what was there last is served on")
        finally:
            self._checked = time.monotonic()

    def _load(self, digests: dict[str, str]) -> None:
        kept = self._files
        files = {}
        for name, digest in digests.items():
            if name in kept and kept[name].digest == digest:
                files[name] = kept[name]
            elif (content := self.store.read(name)) is not None:
                files[name] = Loaded.of(name, content)
        self._files = files

    def _age(self) -> None:
        """Let a page that is too old say so."""
        now = timezone.now()
        if self._as_of is None or self._is_aged or now - self._as_of <= STALE_AFTER:
            return
        document = published_document(self.store)
        if document is not None:
            self._files = {name: Loaded.of(name, content) for name, content in render(document, now=now).items()}
        self._is_aged = True
