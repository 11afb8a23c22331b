"""Object stores: the interface, the two kinds, and the ones that the settings name."""

import functools
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from vault.aws import client
from vault.stores.interface import ObjectInfo, ObjectReader, ObjectStore, ObjectWriter, StoredObject
from vault.stores.local import LocalStore
from vault.stores.locks import Lock
from vault.stores.s3 import S3Store

__all__ = [
    "LocalStore",
    "Lock",
    "ObjectInfo",
    "ObjectReader",
    "ObjectStore",
    "ObjectWriter",
    "S3Store",
    "StoredObject",
    "anchor_store",
    "backup_copy_store",
    "backup_lock",
    "backup_store",
    "copy_object",
    "document_store",
    "open_store",
]


def open_store(
    url: str, *, create: bool, lock: Lock | None = None, credentials: tuple[str, str] | None = None
) -> ObjectStore:
    """The store at `file:///folder` or `s3://bucket/prefix`.

    `s3://…?endpoint=https://…&region=…` names another server than S3_ENDPOINT_URL and S3_REGION do: a second site;
    `credentials` are key id and secret of another account. With `create` a missing folder is made. Raises
    ImproperlyConfigured for any other address, and for a lock on a folder, which has none.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        if lock is not None:
            raise ImproperlyConfigured(f"{url!r} is a folder; only a bucket with Object Lock can lock.")
        return LocalStore(Path(unquote(parts.path)), create=create)
    if parts.scheme == "s3" and parts.netloc:
        options = parse_qs(parts.query)
        endpoint = options.get("endpoint", [settings.S3_ENDPOINT_URL])[0]
        region = options.get("region", [settings.S3_REGION])[0]
        boto = client("s3", endpoint=endpoint, region=region, credentials=credentials)
        return S3Store(boto, parts.netloc, parts.path, lock=lock)
    raise ImproperlyConfigured(f"{url!r} is no object store: write file:///folder or s3://bucket/prefix.")


@functools.cache
def _configured(setting: str, lock: Lock | None = None, credentials: tuple[str, str] | None = None) -> ObjectStore:
    return open_store(getattr(settings, setting), create=not settings.PRODUCTION, lock=lock, credentials=credentials)


def backup_lock() -> Lock | None:
    """How new objects of backups are locked (BACKUP_LOCK_DAYS, BACKUP_LOCK_MODE); None where they are not."""
    days = settings.BACKUP_LOCK_DAYS
    return Lock(settings.BACKUP_LOCK_MODE, timedelta(days=days)) if days else None


def document_store() -> ObjectStore:
    """Where the contents of documents are (VAULT_DOCUMENT_STORE)."""
    return _configured("VAULT_DOCUMENT_STORE")


def backup_store() -> ObjectStore:
    """Where tenant archives are (VAULT_BACKUP_STORE)."""
    return _configured("VAULT_BACKUP_STORE", backup_lock())


def backup_copy_store() -> ObjectStore | None:
    """Where archives are kept a second time, at another site (VAULT_BACKUP_COPY_STORE); None where there is none."""
    if not settings.VAULT_BACKUP_COPY_STORE:
        return None
    key, secret = settings.S3_COPY_ACCESS_KEY_ID, settings.S3_COPY_SECRET_ACCESS_KEY
    return _configured("VAULT_BACKUP_COPY_STORE", backup_lock(), (key, secret) if key else None)


def anchor_store() -> ObjectStore:
    """Where the signed heads of the audit log are (AUDIT_ANCHOR_STORE)."""
    return _configured("AUDIT_ANCHOR_STORE")


def copy_object(source: ObjectStore, name: str, target: ObjectStore, target_name: str) -> StoredObject:
    """Copy the bytes of an object, encrypted as they are, in constant memory. Raises ObjectMissing, ObjectExists."""
    with source.open(name) as reader:
        return target.put(target_name, reader)


def _forget(*, setting: str, **_kwargs: Any) -> None:
    if setting.startswith(("VAULT_", "AUDIT_ANCHOR_", "BACKUP_LOCK_", "S3_")) or setting == "PRODUCTION":
        _configured.cache_clear()


def follow_settings() -> None:
    """Open the stores anew after a test changed the settings."""
    setting_changed.connect(_forget, dispatch_uid="vault.stores")
