"""Where the rendered page lies: a folder or a bucket that any web server can serve without the application (N1).

Unlike the stores of the vault this one replaces what it has: the page is new every minute. Each file is replaced as a
whole, so a reader never sees half of one.
"""

import contextlib
import functools
import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from vault.aws import client
from vault.errors import StoreUnavailable
from vault.stores.names import check_name
from vault.stores.s3errors import MISSING, code_of, failures

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
# A style sheet has its digest in its name and never changes. The rest is looked at anew after a quarter of a minute.
_FOR_EVER, _SHORTLY = "public, max-age=31536000, immutable", "public, max-age=15"


def content_type(name: str) -> str:
    """The type of a file of the page, by its name."""
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")


def cache_control(name: str) -> str:
    """For how long browsers and proxies may keep a file of the page."""
    return _FOR_EVER if name.endswith(".css") else _SHORTLY


class StatusStore(Protocol):
    """A place for the files of the page. Every method raises StoreUnavailable when the place is away."""

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place of the one of that name, if there is one: the whole of it, or nothing."""

    def delete(self, name: str) -> None:
        """Remove a file; a missing one is fine."""


class StatusFolder(StatusStore):
    """A folder, readable by everybody on the machine, because everybody may read what is in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"<StatusFolder {self.root}>"

    def read(self, name: str) -> bytes | None:
        with _disk_failures(name):
            try:
                return self._path(name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def write(self, name: str, content: bytes) -> None:
        path = self._path(name)
        incoming = path.with_name(f".{uuid4().hex}")
        with _disk_failures(name):
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            try:
                with incoming.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                incoming.chmod(0o644)
                incoming.replace(path)
            finally:
                incoming.unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        with _disk_failures(name):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.root / check_name(name)


class StatusBucket(StatusStore):
    """A bucket, whose objects carry what a browser needs to know, so that it can be served as a web site as it is."""

    def __init__(self, boto: "S3Client", bucket: str, prefix: str = "") -> None:
        self._client = boto
        self._bucket = bucket
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""

    def __repr__(self) -> str:
        return f"<StatusBucket s3://{self._bucket}/{self._prefix}>"

    def read(self, name: str) -> bytes | None:
        with failures(name):
            try:
                return self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"].read()
            except ClientError as error:
                # A missing bucket is a failing store, and no page that was never rendered.
                if code_of(error) in MISSING and code_of(error) != "NoSuchBucket":
                    return None
                raise

    def write(self, name: str, content: bytes) -> None:
        with failures(name):
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(name),
                Body=content,
                ContentType=content_type(name),
                CacheControl=cache_control(name),
            )

    def delete(self, name: str) -> None:
        with failures(name):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    def _key(self, name: str) -> str:
        return self._prefix + check_name(name)


def open_status_store(url: str) -> StatusStore:
    """The store at `file:///folder` or `s3://bucket/prefix?endpoint=…&region=…`. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return StatusFolder(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        options = parse_qs(parts.query)
        endpoint = options.get("endpoint", [settings.S3_ENDPOINT_URL])[0]
        region = options.get("region", [settings.S3_REGION])[0]
        return StatusBucket(client("s3", endpoint=endpoint, region=region), parts.netloc, parts.path)
    raise ImproperlyConfigured(f"{url!r} is no place for the status page: write file:///folder or s3://bucket/prefix.")


@functools.cache
def status_store() -> StatusStore:
    """The store of the settings (STATUS_STORE)."""
    return open_status_store(settings.STATUS_STORE)


@contextlib.contextmanager
def _disk_failures(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(name, error.strerror or str(error)) from error


def _forget(*, setting: str, **_kwargs: Any) -> None:
    if setting.startswith(("STATUS_", "S3_")):
        status_store.cache_clear()


setting_changed.connect(_forget, dispatch_uid="incidents.status.store")
