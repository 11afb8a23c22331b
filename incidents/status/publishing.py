"""Files into the store: only what changed, and no page ever names a file that is not there yet (N1)."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from incidents.status.document import DocumentUnreadable, StatusDocument
from incidents.status.store import StatusStore

logger = logging.getLogger(__name__)

# What there is, each file with its digest; written last. Readers of the store look here for what changed.
MANIFEST = "manifest.json"
DOCUMENT = "status.json"


def publish(store: StatusStore, document: StatusDocument, files: Mapping[str, bytes]) -> list[str]:
    """Put the files in place, in their order, and take away what is no longer published; the names that were written.

    May be cut short and called again at any place. Raises StoreUnavailable.
    """
    before = published(store)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    written = [name for name in files if before.get(name) != digests[name]]
    for name in written:
        store.write(name, files[name])
    for name in before.keys() - files.keys():
        store.delete(name)  # before the manifest forgets it: what was withdrawn must not lie there for ever
    as_of = document.generated_at.astimezone(UTC).isoformat(timespec="seconds")
    store.write(MANIFEST, json.dumps({"as_of": as_of, "files": digests}, separators=(",", ":")).encode())
    return written


def published(store: StatusStore) -> dict[str, str]:
    """The names of the published files with their digests; nothing before the first time. Raises StoreUnavailable."""
    return read_manifest(store.read(MANIFEST))[0]


def read_manifest(content: bytes | None) -> tuple[dict[str, str], datetime | None]:
    """The files with their digests and the time that the page is as of; nothing where there is no sound manifest."""
    try:
        manifest = json.loads(content or b"null")
        return dict(manifest["files"]), datetime.fromisoformat(manifest["as_of"])
    except (KeyError, TypeError, ValueError):
        return {}, None


def published_document(store: StatusStore) -> StatusDocument | None:
    """The document that the page was made from last; None where there is none, or none that this release can read.

    Raises StoreUnavailable.
    """
    content = store.read(DOCUMENT)
    if content is None:
        return None
    try:
        return StatusDocument.from_json(content)
    except DocumentUnreadable:
        logger.exception("The status document in %r cannot be read; it is made anew", store)
        return None
