"""A bucket as an object store: AWS S3 or a server that speaks its protocol."""

import base64
import hashlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from vault.errors import ObjectExists, ObjectMissing, StoreUnavailable
from vault.stores.interface import ObjectInfo, ObjectReader, ObjectStore, ObjectWriter
from vault.stores.locks import Lock
from vault.stores.names import check_name, check_prefix
from vault.stores.s3errors import MISSING, code_of, failures
from vault.stores.versions import delete_versions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, GetObjectRequestTypeDef

logger = logging.getLogger(__name__)

PART = 8 * 1024 * 1024
# A bucket takes 10,000 parts. Up to 39 GiB memory stays at one small part, then larger parts reach 351 GiB.
_SMALL_PARTS = 5000
LARGE_PART = 8 * PART
_RESUMPTIONS = 3


def _sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _was_repeated(error: BaseException | None) -> bool:
    return isinstance(error, ClientError) and error.response["ResponseMetadata"].get("RetryAttempts", 0) > 0


class _S3Reader(ObjectReader):
    """Reads one version of the object; takes up a broken connection again where it broke."""

    def __init__(self, client: "S3Client", bucket: str, key: str, name: str) -> None:
        self._client = client
        self._request: GetObjectRequestTypeDef = {"Bucket": bucket, "Key": key}
        self._position = 0
        with failures(name):
            response = client.get_object(**self._request)
        super().__init__(name, response["ContentLength"])
        # Never a second half of another object, should somebody have gone round the create-only rule.
        self._request["IfMatch"] = response["ETag"]
        self._body = response["Body"]

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(self)
        for attempt in range(_RESUMPTIONS + 1):
            try:
                data = self._body.read(size)
            except (BotoCoreError, HTTPError, OSError) as error:
                if attempt == _RESUMPTIONS:
                    raise StoreUnavailable(self.name, str(error)) from error
                self._resume()
            else:
                self._position += len(data)
                return data
        raise AssertionError("the loop returns or raises")

    def _resume(self) -> None:
        logger.warning("Reading %s broke off at byte %d; taking it up again", self.name, self._position)
        self._body.close()
        self._request["Range"] = f"bytes={self._position}-"
        try:
            with failures(self.name):
                self._body = self._client.get_object(**self._request)["Body"]
        except (ObjectExists, ObjectMissing) as error:
            raise StoreUnavailable(self.name, "it was changed or deleted while it was read") from error

    def close(self) -> None:
        self._body.close()


class _S3Writer(ObjectWriter):
    """One request for a small object, a multipart upload for a large one; each part carries its SHA-256."""

    def __init__(self, client: "S3Client", bucket: str, key: str, name: str, lock: Lock | None) -> None:
        super().__init__(name)
        self._lock = lock
        self._client = client
        self._bucket = bucket
        self._key = key
        self._buffer = bytearray()
        self._upload = ""
        self._parts: list[CompletedPartTypeDef] = []

    def _append(self, data: bytes | bytearray | memoryview) -> None:
        self._buffer += data
        limit = PART if len(self._parts) < _SMALL_PARTS else LARGE_PART
        while len(self._buffer) >= limit:
            self._send_part(bytes(memoryview(self._buffer)[:limit]))
            del self._buffer[:limit]

    def _send_part(self, part: bytes) -> None:
        with failures(self.name):
            if not self._upload:
                started = self._client.create_multipart_upload(
                    Bucket=self._bucket, Key=self._key, ChecksumAlgorithm="SHA256", **self._locked()
                )
                self._upload = started["UploadId"]
            number, checksum = len(self._parts) + 1, _sha256(part)
            done = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload,
                PartNumber=number,
                Body=part,
                ChecksumSHA256=checksum,
            )
            self._parts.append({"PartNumber": number, "ETag": done["ETag"], "ChecksumSHA256": checksum})

    def _finish(self) -> None:
        rest = bytes(self._buffer)
        if self._upload and rest:
            self._send_part(rest)
        try:
            with failures(self.name):
                self._complete() if self._upload else self._put(rest)
        except (ObjectExists, ObjectMissing) as error:
            # The store did it, its answer was lost, and the client asked again: then it is ours that exists.
            if not _was_repeated(error.__cause__) or not self._is_ours(rest):
                raise

    def _put(self, content: bytes) -> None:
        self._client.put_object(
            Bucket=self._bucket,
            Key=self._key,
            Body=content,
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=_sha256(content),
            IfNoneMatch="*",
            **self._locked(),
        )

    def _complete(self) -> None:
        self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload,
            MultipartUpload={"Parts": self._parts},
            IfNoneMatch="*",
        )

    def _is_ours(self, rest: bytes) -> bool:
        """Whether the object that the store has is what was sent: by its checksum, or for parts by that of all."""
        if self._upload:
            digests = b"".join(base64.b64decode(part["ChecksumSHA256"]) for part in self._parts)
            expected = f"{_sha256(digests)}-{len(self._parts)}"
        else:
            expected = _sha256(rest)
        with failures(self.name):
            head = self._client.head_object(Bucket=self._bucket, Key=self._key, ChecksumMode="ENABLED")
        return head.get("ChecksumSHA256") == expected

    def _locked(self) -> Any:
        """The lock of the new object as the request has it, so that there is no moment without it."""
        if self._lock is None:
            return {}
        return {"ObjectLockMode": self._lock.mode, "ObjectLockRetainUntilDate": self._lock.until()}

    def _discard(self) -> None:
        self._buffer.clear()
        if not self._upload:
            return
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload)
        except (BotoCoreError, ClientError, OSError):
            logger.warning("The upload of %s could not be aborted; the next sweep removes it", self.name, exc_info=True)


class S3Store(ObjectStore):
    """Objects of a bucket whose keys start with `prefix`. With a lock nobody can delete a new one before its time."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "", *, lock: Lock | None = None) -> None:
        self.client = self._client = client
        self.bucket = self._bucket = bucket
        self.lock = lock
        self.prefix = self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""

    def __repr__(self) -> str:
        return f"<S3Store s3://{self._bucket}/{self._prefix}>"

    def writer(self, name: str) -> ObjectWriter:
        if self.exists(name):
            raise ObjectExists(name)
        return _S3Writer(self._client, self._bucket, self.key(name), name, self.lock)

    def open(self, name: str) -> ObjectReader:
        return _S3Reader(self._client, self._bucket, self.key(name), name)

    def info(self, name: str) -> ObjectInfo:
        with failures(name):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=self.key(name))
            except ClientError as error:
                if code_of(error) in MISSING:
                    # HEAD answers 404 for a missing bucket too, and that is a failing store, not a missing object.
                    self._require_bucket()
                raise
        return ObjectInfo(name, head["ContentLength"], head["LastModified"])

    def exists(self, name: str) -> bool:
        try:
            self.info(name)
        except ObjectMissing:
            return False
        return True

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + check_prefix(prefix)
        )
        with failures(prefix):
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield ObjectInfo(entry["Key"].removeprefix(self._prefix), entry["Size"], entry["LastModified"])

    def delete(self, name: str) -> None:
        key = self.key(name)
        with failures(name):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if code_of(error) not in MISSING:
                    raise
                self._require_bucket()
                if "x-amz-delete-marker" not in error.response["ResponseMetadata"]["HTTPHeaders"]:
                    return
                head = None
            if head is None or head.get("VersionId"):
                # With versions a deletion only hides the object behind a marker. A deletion here is a real one.
                delete_versions(self._client, self._bucket, key, name)
            else:
                self._client.delete_object(Bucket=self._bucket, Key=key)

    def sweep(self, older_than: timedelta) -> int:
        limit = datetime.now(UTC) - older_than
        removed = 0
        with failures(""):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for page in pages:
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < limit:
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
                        removed += 1
        return removed

    def key(self, name: str) -> str:
        """The key of an object in the bucket. Raises InvalidName."""
        return self._prefix + check_name(name)

    def _require_bucket(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            raise StoreUnavailable("", f"the bucket {self._bucket} cannot be reached: {error}") from error
