"""Where looks lie until they are read in: beside the status page, so that a probe elsewhere needs one store (N9)."""

import functools
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signals import setting_changed

from vault.stores import ObjectStore, open_store

_FOLDER = "looks"


def open_journal(url: str) -> ObjectStore:
    """The looks in a store (`file:///folder` or `s3://bucket/prefix`). Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    return open_store(parts._replace(path=f"{parts.path.rstrip('/')}/{_FOLDER}").geturl(), create=True)


@functools.cache
def journal_store() -> ObjectStore:
    """The looks in the store of the settings (PROBE_STORE)."""
    return open_journal(settings.PROBE_STORE)


def _forget(*, setting: str, **_kwargs: Any) -> None:
    if setting.startswith(("PROBE_", "S3_")):
        journal_store.cache_clear()


setting_changed.connect(_forget, dispatch_uid="incidents.monitoring.store")
