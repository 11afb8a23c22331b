"""What can be tried with a bucket: overwriting, deleting what is locked, shortening a lock, lying about a checksum."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from vault.aws import client
from vault.stores.locks import Lock
from vault.stores.probes import CLOCK_TOLERANCE, Probe
from vault.stores.s3 import S3Store

# Long enough to outlast the probes and clocks that differ; then the object can be deleted.
_LOCKED = timedelta(minutes=5)
_WRONG = base64.b64encode(hashlib.sha256(b"something else").digest()).decode()


def probe_bucket(store: S3Store, name: str) -> Iterator[Probe]:
    """Each against the server itself, round what this program would not do anyway."""
    # Essential, where the settings rely on it; elsewhere good to know.
    lock = Lock(store.lock.mode if store.lock else "GOVERNANCE", _LOCKED)
    yield _overwritten(store, name)
    yield from _locked(store, name + "-locked", lock, essential=store.lock is not None)
    yield _locked_upload(store, name + "-upload", lock, essential=store.lock is not None)
    yield _tried(
        "checksum",
        "an object with a wrong SHA-256 is refused",
        lambda: store.client.put_object(
            Bucket=store.bucket,
            Key=store.key(name + "-wrong"),
            Body=b"x",
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=_WRONG,
        ),
    )
    meta = store.client.meta
    stranger = client("s3", endpoint=meta.endpoint_url, region=meta.region_name, anonymous=True)
    yield _tried(
        "stranger",
        "a request without a key is refused",
        lambda: stranger.get_object(Bucket=store.bucket, Key=store.key(name)),
        essential=True,
    )
    yield _clock(store)


def _tried(check: str, expected: str, deed: Callable[[], Any], *, essential: bool = False) -> Probe:
    try:
        deed()
    except ClientError as error:
        return Probe(check, expected, f"refused: {_answer(error)}", held=True, essential=essential)
    return Probe(check, expected, "accepted", held=False, essential=essential)


def _overwritten(store: S3Store, name: str) -> Probe:
    """Without a condition S3 takes a second object; then the first version must still be there."""
    expected, key = "overwriting is refused, or the first version is kept", store.key(name)
    first = store.client.head_object(Bucket=store.bucket, Key=key).get("VersionId")
    tried = _tried(
        "overwrite", expected, lambda: store.client.put_object(Bucket=store.bucket, Key=key, Body=b"overwritten")
    )
    if tried.held:
        return tried
    if not first:
        return Probe("overwrite", expected, "accepted, and the first is lost", held=False, essential=False)
    kept = _tried("", "", lambda: store.client.head_object(Bucket=store.bucket, Key=key, VersionId=first))
    if kept.held:  # refused: it is not there
        return Probe("overwrite", expected, "accepted, and the first version is lost", held=False, essential=False)
    return Probe("overwrite", expected, "accepted, the first version is kept", held=True, essential=False)


def _locked(store: S3Store, name: str, lock: Lock, *, essential: bool) -> Iterator[Probe]:
    key, until = store.key(name), lock.until()
    where: Any = {"Bucket": store.bucket, "Key": key}
    deletion, shortening = f"an object locked in mode {lock.mode} cannot be deleted", "its lock cannot be shortened"
    try:
        store.client.put_object(
            **where,
            Body=b"x",
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=base64.b64encode(hashlib.sha256(b"x").digest()).decode(),
            ObjectLockMode=lock.mode,
            ObjectLockRetainUntilDate=until,
        )
    except ClientError as error:
        text = f"the bucket takes no locks: {_answer(error)}"
        yield Probe("locked_delete", deletion, text, held=False, essential=essential)
        yield Probe("shortened_lock", shortening, text, held=False, essential=essential)
        return
    where["VersionId"] = store.client.head_object(**where).get("VersionId", "null")
    yield _tried("locked_delete", deletion, lambda: store.client.delete_object(**where), essential=essential)
    shorter: Any = {"Mode": lock.mode, "RetainUntilDate": until - _LOCKED / 2}
    yield _tried(
        "shortened_lock",
        shortening,
        lambda: store.client.put_object_retention(**where, Retention=shorter),
        essential=essential,
    )


def _locked_upload(store: S3Store, name: str, lock: Lock, *, essential: bool) -> Probe:
    """Large objects go in parts, and the lock is named when they begin."""
    expected = "an upload in parts is locked as well"
    where: Any = {"Bucket": store.bucket, "Key": store.key(name)}
    try:
        upload = store.client.create_multipart_upload(
            **where, ChecksumAlgorithm="SHA256", ObjectLockMode=lock.mode, ObjectLockRetainUntilDate=lock.until()
        )["UploadId"]
        checksum = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
        part = store.client.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"x", ChecksumSHA256=checksum)
        done: Any = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": checksum}]}
        store.client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=done)
        mode = store.client.head_object(**where).get("ObjectLockMode")
    except ClientError as error:
        return Probe("locked_upload", expected, _answer(error), held=False, essential=essential)
    return Probe("locked_upload", expected, f"locked: {mode}", held=mode == lock.mode, essential=essential)


def _clock(store: S3Store) -> Probe:
    answer = store.client.head_bucket(Bucket=store.bucket)["ResponseMetadata"]["HTTPHeaders"]
    apart = abs(datetime.now(UTC) - parsedate_to_datetime(answer["date"]))
    observed = f"{apart.total_seconds():.0f} seconds"
    return Probe("server_clock", "its clock is like ours", observed, held=apart <= CLOCK_TOLERANCE)


def _answer(error: ClientError) -> str:
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", "")
    return f"{status} {error.response.get('Error', {}).get('Code', '')}".strip()
