"""A bucket as an object store: AWS S3 or a server that speaks its protocol."""

import base64
import contextlib
import hashlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from vault.errors import ObjectExists, ObjectMissing, ObjectRetained, StoreUnavailable
from vault.stores.interface import ObjectInfo, ObjectReader, ObjectStore, ObjectWriter
from vault.stores.names import check_name, check_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, GetObjectRequestTypeDef

logger = logging.getLogger(__name__)

PART = 8 * 1024 * 1024
# A bucket takes 10,000 parts. Up to 39 GiB memory stays at one small part, then larger parts reach 351 GiB.
_SMALL_PARTS = 5000
LARGE_PART = 8 * PART
_RESUMPTIONS = 3

_MISSING = {"NoSuchKey", "NotFound", "404"}
_EXISTS = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
_REFUSED = {"AccessDenied", "403", "MethodNotAllowed", "InvalidRequest", "ObjectLocked"}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def _failures(name: str) -> Iterator[None]:
    """Errors of boto3 by their names in the vault."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _MISSING:
            raise ObjectMissing(name) from error
        if code in _EXISTS:
            raise ObjectExists(name) from error
        raise StoreUnavailable(name, str(error)) from error
    except (BotoCoreError, HTTPError, OSError) as error:
        raise StoreUnavailable(name, str(error)) from error


def _sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


class _S3Reader(ObjectReader):
    """Reads one version of the object; takes up a broken connection again where it broke."""

    def __init__(self, client: "S3Client", bucket: str, key: str, name: str) -> None:
        self._client = client
        self._request: GetObjectRequestTypeDef = {"Bucket": bucket, "Key": key}
        self._position = 0
        with _failures(name):
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
            with _failures(self.name):
                self._body = self._client.get_object(**self._request)["Body"]
        except (ObjectExists, ObjectMissing) as error:
            raise StoreUnavailable(self.name, "it was changed or deleted while it was read") from error

    def close(self) -> None:
        self._body.close()


class _S3Writer(ObjectWriter):
    """One request for a small object, a multipart upload for a large one; each part carries its SHA-256."""

    def __init__(self, client: "S3Client", bucket: str, key: str, name: str) -> None:
        super().__init__(name)
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
        with _failures(self.name):
            if not self._upload:
                started = self._client.create_multipart_upload(
                    Bucket=self._bucket, Key=self._key, ChecksumAlgorithm="SHA256"
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
        if not self._upload:
            with _failures(self.name):
                self._client.put_object(
                    Bucket=self._bucket, Key=self._key, Body=rest, ChecksumSHA256=_sha256(rest), IfNoneMatch="*"
                )
            return
        if rest:
            self._send_part(rest)
        with _failures(self.name):
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload,
                MultipartUpload={"Parts": self._parts},
                IfNoneMatch="*",
            )

    def _discard(self) -> None:
        self._buffer.clear()
        if not self._upload:
            return
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload)
        except (BotoCoreError, ClientError, OSError):
            logger.warning("The upload of %s could not be aborted; the next sweep removes it", self.name, exc_info=True)


class S3Store(ObjectStore):
    """Objects of a bucket whose keys start with `prefix`."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""

    def __repr__(self) -> str:
        return f"<S3Store s3://{self._bucket}/{self._prefix}>"

    def writer(self, name: str) -> ObjectWriter:
        if self.exists(name):
            raise ObjectExists(name)
        return _S3Writer(self._client, self._bucket, self._key(name), name)

    def open(self, name: str) -> ObjectReader:
        return _S3Reader(self._client, self._bucket, self._key(name), name)

    def info(self, name: str) -> ObjectInfo:
        with _failures(name):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=self._key(name))
            except ClientError as error:
                if _code(error) in _MISSING:
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
        with _failures(prefix):
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield ObjectInfo(entry["Key"].removeprefix(self._prefix), entry["Size"], entry["LastModified"])

    def delete(self, name: str) -> None:
        key = self._key(name)
        with _failures(name):
            answer = self._client.delete_object(Bucket=self._bucket, Key=key)
            # With versioning a deletion only hides the object behind a marker. A deletion here is a real one.
            if answer.get("VersionId"):
                self._delete_versions(name, key)

    def sweep(self, older_than: timedelta) -> int:
        limit = datetime.now(UTC) - older_than
        removed = 0
        with _failures(""):
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

    def _delete_versions(self, name: str, key: str) -> None:
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
        for page in pages:
            for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                if version["Key"] != key:
                    continue
                try:
                    self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version["VersionId"])
                except ClientError as error:
                    if _code(error) in _REFUSED:
                        raise ObjectRetained(name, f"the store keeps a version of it: {error}") from error
                    raise

    def _key(self, name: str) -> str:
        return self._prefix + check_name(name)

    def _require_bucket(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            raise StoreUnavailable("", f"the bucket {self._bucket} cannot be reached: {error}") from error
