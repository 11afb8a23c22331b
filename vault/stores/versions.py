"""Deleting an object of a bucket that keeps versions: all of them, or none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from vault.errors import ObjectRetained
from vault.stores.s3errors import REFUSED, code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def delete_versions(client: "S3Client", bucket: str, key: str, name: str) -> None:
    """Delete every version by its id. Raises ObjectRetained when one is locked: then nothing was changed.

    By id and never by name alone, which only puts a marker over a locked object: it would seem gone, would be kept all
    the same, and its name would be free for another one. The newest goes last, so that no older one comes to light.
    """
    versions = list(_versions(client, bucket, key))
    for version_id, is_marker in versions:
        if not is_marker:
            _require_unlocked(client, bucket, key, name, version_id)
    for version_id, _is_marker in reversed(versions):
        try:
            client.delete_object(Bucket=bucket, Key=key, VersionId=version_id)
        except ClientError as error:
            if code_of(error) in REFUSED:
                raise ObjectRetained(name, f"the store keeps a version of it: {error}") from error
            raise


def _versions(client: "S3Client", bucket: str, key: str) -> Iterator[tuple[str, bool]]:
    """The id of every version and whether it is only a delete marker, newest first."""
    found = []
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
        found += [(entry, True) for entry in page.get("DeleteMarkers", ()) if entry["Key"] == key]
        found += [(entry, False) for entry in page.get("Versions", ()) if entry["Key"] == key]
    found.sort(key=lambda item: (item[0]["IsLatest"], item[0]["LastModified"]), reverse=True)
    for entry, is_marker in found:
        yield entry["VersionId"], is_marker


def _require_unlocked(client: "S3Client", bucket: str, key: str, name: str, version_id: str) -> None:
    """Raises ObjectRetained. Who may not read locks sees none here, and is refused by the deletion itself."""
    head = client.head_object(Bucket=bucket, Key=key, VersionId=version_id)
    until = head.get("ObjectLockRetainUntilDate")
    if until is not None and until > datetime.now(UTC):
        raise ObjectRetained(name, f"it is locked until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    if head.get("ObjectLockLegalHoldStatus") == "ON":
        raise ObjectRetained(name, "it is under a legal hold")
