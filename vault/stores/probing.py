"""Trying what a store really refuses, with objects of its own below `doctor/` (B3): what is promised is not proven.

Every probe says what was expected and what came, so that the result is evidence, and names a weakness as one. What was
written is deleted again, but for what the store was right not to let go; the next time takes that away.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

from vault.errors import ObjectExists, ObjectRetained, StoreError
from vault.stores.interface import ObjectStore
from vault.stores.local import LocalStore
from vault.stores.probes import CLOCK_TOLERANCE, Probe
from vault.stores.probingbucket import probe_bucket
from vault.stores.probingfolder import probe_folder
from vault.stores.s3 import S3Store
from vault.stores.s3errors import failures

FOLDER = "doctor/"


def probe(store: ObjectStore) -> list[Probe]:
    """Everything that can be tried with the kind of the store. Raises nothing: a failure is what was observed."""
    plain = S3Store(store.client, store.bucket, store.prefix) if isinstance(store, S3Store) else store
    name = f"{FOLDER}{secrets.token_hex(8)}/x"
    try:
        with failures(FOLDER):
            found = list(_every_kind(plain, name))
            if isinstance(store, S3Store):
                found += probe_bucket(store, name)
            elif isinstance(store, LocalStore):
                found += probe_folder(store, name)
            return [*found, _tidied(plain)]
    except StoreError as error:
        return [Probe("reachable", "the store takes, lists and gives back objects", str(error), held=False)]


def server_of(store: ObjectStore) -> str:
    """What kind of server it is, as it says itself."""
    if not isinstance(store, S3Store):
        return "folder"
    with failures(""):
        answer = store.client.head_bucket(Bucket=store.bucket)["ResponseMetadata"]["HTTPHeaders"]
    return str(answer.get("server", "unnamed"))


def _every_kind(store: ObjectStore, name: str) -> Iterator[Probe]:
    content = secrets.token_bytes(1000)
    late = store.writer(name)
    late.write(b"somebody who came second")
    store.put(name, content)
    expected = "a second object of the same name is refused"
    try:
        late.commit()
    except ObjectExists as refusal:
        yield Probe("create_only", expected, f"refused: {refusal.reason}", held=True)
    else:
        yield Probe("create_only", expected, "accepted", held=False)
    with store.open(name) as reader:
        same = reader.read() == content
    yield Probe("read_back", "what was written is read", "the same" if same else "something else", held=same)
    listed = [info for info in store.list(FOLDER) if info.name == name]
    yield Probe("listing", "a listing shows it at once", f"listed {len(listed)} times", held=len(listed) == 1)
    written = listed[0].modified if listed else datetime.fromtimestamp(0, UTC)
    apart = abs(datetime.now(UTC) - written)
    text = f"at most {CLOCK_TOLERANCE.seconds} seconds apart from ours"
    yield Probe("clock", f"its clock is {text}", f"{apart.total_seconds():.0f} seconds", held=apart <= CLOCK_TOLERANCE)


def _tidied(store: ObjectStore) -> Probe:
    """Deleted what this and earlier times have left, as far as the store lets go of it."""
    kept = []
    for info in list(store.list(FOLDER)):
        try:
            store.delete(info.name)
        except ObjectRetained:
            kept.append(info.name)
    observed = f"{len(kept)} locked objects stay: {', '.join(kept)}" if kept else "nothing stays"
    return Probe("tidied", "what is not locked is deleted", observed, held=True, essential=False)
