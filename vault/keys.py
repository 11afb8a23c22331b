"""The key store of this installation, as the settings name it. Everybody else starts here."""

import contextlib
import functools
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.translation import gettext as _

from vault.errors import RootKeyExists, RootKeyMissing
from vault.keystore import DestroyedKeys, KeyStore, initialise
from vault.root import RootKey, RootKeys, create_root_key, open_root_keys, root_key_path
from vault.signing import Signature, SigningKey, SigningKeys
from vault.stores import open_store
from vault.tenantkeys import TenantKeys

__all__ = [
    "DestroyedKeys",
    "KeyStore",
    "RootKey",
    "RootKeys",
    "Signature",
    "SigningKey",
    "SigningKeys",
    "TenantKeys",
    "create_root_key",
    "key_store",
    "prepare_keys",
    "root_keys",
]


@functools.cache
def key_store() -> KeyStore:
    """The key store (VAULT_KEY_STORE, opened by VAULT_ROOT_KEY). Every process keeps one.

    Outside production the root key and the store are made at the first use. In production `manage.py keys init` makes
    them, once; until then this raises RootKeyMissing or KeyStoreEmpty (both ImproperlyConfigured).
    """
    if not settings.PRODUCTION:
        prepare_keys()
    store = open_store(settings.VAULT_KEY_STORE, create=False)
    keys = KeyStore(store, root_keys())
    keys.check()  # a wrong root key or folder is told now, not at the first document
    return keys


def root_keys() -> RootKeys:
    """The root key of the settings (VAULT_ROOT_KEY) and the one that it succeeds (VAULT_ROOT_KEY_PREVIOUS), if any."""
    return open_root_keys(settings.VAULT_ROOT_KEY, settings.VAULT_ROOT_KEY_PREVIOUS)


def prepare_keys() -> list[str]:
    """Make the root key and the key store where they are absent; says which of `root_key`, `key_store` it made.

    Overwrites nothing. Raises RootKeyMissing when keys exist whose root key is gone: a new one could not open them.
    """
    store = open_store(settings.VAULT_KEY_STORE, create=True)
    made = []
    path = root_key_path(settings.VAULT_ROOT_KEY)
    if path is not None and not path.exists():
        # Asked again at the end: another process that starts now may have made both in between.
        if next(store.list(), None) is not None and not path.exists():
            raise RootKeyMissing(
                _("%(store)s holds keys, but their root key is not at %(path)s. Put it back from its escrow.")
                % {"store": store, "path": path}
            )
        with contextlib.suppress(RootKeyExists):
            create_root_key(path)
            made.append("root_key")
    if initialise(store, root_keys()):
        made.append("key_store")
    return made


def _forget(*, setting: str, **_kwargs: Any) -> None:
    if setting.startswith(("VAULT_", "S3_", "KMS_")) or setting == "PRODUCTION":
        key_store.cache_clear()


def follow_settings() -> None:
    """Open the key store anew after a test changed the settings."""
    setting_changed.connect(_forget, dispatch_uid="vault.keys")
