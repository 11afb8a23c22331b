"""Object stores: the interface, the two kinds, and the ones that the settings name."""

import functools
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from vault.aws import client
from vault.stores.interface import ObjectInfo, ObjectReader, ObjectStore, ObjectWriter, StoredObject
from vault.stores.local import LocalStore
from vault.stores.s3 import S3Store

__all__ = [
    "LocalStore",
    "ObjectInfo",
    "ObjectReader",
    "ObjectStore",
    "ObjectWriter",
    "S3Store",
    "StoredObject",
    "anchor_store",
    "backup_store",
    "copy_object",
    "document_store",
    "open_store",
]


def open_store(url: str, *, create: bool) -> ObjectStore:
    """The store at `file:///folder` or `s3://bucket/prefix`.

    `s3://…?endpoint=https://…&region=…` names another server than S3_ENDPOINT_URL and S3_REGION do: a second site.
    With `create` a missing folder is made. Raises ImproperlyConfigured for any other address.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return LocalStore(Path(unquote(parts.path)), create=create)
    if parts.scheme == "s3" and parts.netloc:
        options = parse_qs(parts.query)
        endpoint = options.get("endpoint", [settings.S3_ENDPOINT_URL])[0]
        region = options.get("region", [settings.S3_REGION])[0]
        return S3Store(client("s3", endpoint=endpoint, region=region), parts.netloc, parts.path)
    raise ImproperlyConfigured(f"{url!r} is no object store: write file:///folder or s3://bucket/prefix.")


@functools.cache
def _configured(setting: str) -> ObjectStore:
    return open_store(getattr(settings, setting), create=not settings.PRODUCTION)


def document_store() -> ObjectStore:
    """Where the contents of documents are (VAULT_DOCUMENT_STORE)."""
    return _configured("VAULT_DOCUMENT_STORE")


def backup_store() -> ObjectStore:
    """Where tenant archives are (VAULT_BACKUP_STORE)."""
    return _configured("VAULT_BACKUP_STORE")


def anchor_store() -> ObjectStore:
    """Where the signed heads of the audit log are (AUDIT_ANCHOR_STORE)."""
    return _configured("AUDIT_ANCHOR_STORE")


def copy_object(source: ObjectStore, name: str, target: ObjectStore, target_name: str) -> StoredObject:
    """Copy the bytes of an object, encrypted as they are, in constant memory. Raises ObjectMissing, ObjectExists."""
    with source.open(name) as reader:
        return target.put(target_name, reader)


def _forget(*, setting: str, **_kwargs: Any) -> None:
    if setting.startswith(("VAULT_", "AUDIT_ANCHOR_", "S3_")) or setting == "PRODUCTION":
        _configured.cache_clear()


def follow_settings() -> None:
    """Open the stores anew after a test changed the settings."""
    setting_changed.connect(_forget, dispatch_uid="vault.stores")
