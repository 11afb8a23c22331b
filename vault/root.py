"""The root key: it wraps the keys of tenants and of signatures, and nothing else (DESIGN section 5).

Either a file (`file:///…/root.key`, a Tink keyset in clear, readable by its owner only) or a key of AWS KMS
(`aws-kms://arn:aws:kms:…`) that never leaves the service. While one succeeds another, both are held.
"""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import tink
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from tink.integration import awskms

from vault import rootfile
from vault.aws import client
from vault.errors import RootKeyMissing, RootKeyUnavailable
from vault.primitives import Aead, CannotDecrypt, Keyset

KMS_PREFIX = "aws-kms://"
# What KMS answers when the ciphertext is not by this key or not for this place. Anything else is a failing service.
_KMS_REFUSALS = {"InvalidCiphertextException", "IncorrectKeyException"}


class RootKey:
    """Authenticated encryption by one root key, with an id that the wrapped records name."""

    def __init__(self, key_id: str, aead: Aead) -> None:
        self.id = key_id
        self._aead = aead

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Wrap a key of at most 4 KiB. Raises RootKeyUnavailable."""
        return self._aead.encrypt(plaintext, associated_data)

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """Unwrap a key. Raises CannotDecrypt, RootKeyUnavailable."""
        return self._aead.decrypt(ciphertext, associated_data)


class RootKeys:
    """The root keys that this process holds, by id: `present` is the one of the settings, the others precede it.

    A record may name one that came after the process started: `reload` looks again where they came from.
    """

    def __init__(self, load: Callable[[], Iterable[RootKey]]) -> None:
        self._load = load
        self._held: dict[str, RootKey] = {}
        self.reload()

    def reload(self) -> None:
        """Look again. Keys that are gone there stay with this process, which may be in the middle of something."""
        found = list(self._load())
        self.present = found[0]
        self._held.update((key.id, key) for key in found)

    def named(self, key_id: str) -> RootKey | None:
        """The key of that id, looked for again when it is not known; None when it is not there."""
        if key_id not in self._held:
            with contextlib.suppress(RootKeyMissing, RootKeyUnavailable):  # what is held serves on
                self.reload()
        return self._held.get(key_id)


class _KmsAead:
    """Tink's client of AWS KMS, with a refusal kept apart from an outage."""

    def __init__(self, key_uri: str) -> None:
        self._primitive: Any = awskms.new_client(boto3_client=kms_client(key_uri), key_uri=key_uri).get_aead(key_uri)

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        return self._call(self._primitive.encrypt, plaintext, associated_data)

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        return self._call(self._primitive.decrypt, ciphertext, associated_data)

    def _call(self, operation: Any, data: bytes, associated_data: bytes) -> bytes:
        try:
            return bytes(operation(data, associated_data))
        except tink.TinkError as error:
            reason = error.args[0]
            if isinstance(reason, ClientError) and reason.response["Error"]["Code"] in _KMS_REFUSALS:
                raise CannotDecrypt from error
            raise RootKeyUnavailable(str(reason)) from error
        except BotoCoreError as error:
            raise RootKeyUnavailable(str(error)) from error


def kms_client(url: str) -> Any:
    """A client of KMS in the region of the key at that address."""
    region = url.removeprefix(KMS_PREFIX).split(":")[3]
    return client("kms", endpoint=getattr(settings, "KMS_ENDPOINT_URL", ""), region=region)


def root_key_path(url: str) -> Path | None:
    """The file that a `file:` address names; None for a key in KMS. Raises ImproperlyConfigured for anything else."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Path(unquote(parts.path))
    if url.startswith(KMS_PREFIX + "arn:aws:kms:"):
        return None
    raise ImproperlyConfigured(f"{url!r} is no root key: write file:///…/root.key or aws-kms://arn:aws:kms:….")


def create_root_key(path: Path) -> RootKeys:
    """Make a new root key file, mode 0600. Raises RootKeyExists; a root key is never overwritten (P5)."""
    rootfile.create(path)
    return RootKeys(lambda: keys_of(rootfile.read_keyset(path)))


def open_root_keys(url: str, previous: str = "") -> RootKeys:
    """The root key at an address, and the one that it succeeds. Raises RootKeyMissing, RootKeyUnavailable."""
    addresses = [url, previous] if previous else [url]
    kept = {address: _kms_key(address) for address in addresses if root_key_path(address) is None}

    def load() -> list[RootKey]:
        return [key for address in addresses for key in ([kept[address]] if address in kept else _in_file(address))]

    return RootKeys(load)


def keys_of(keyset: Keyset) -> list[RootKey]:
    """Each key of a root key file, the primary one first."""
    older = (key_id for key_id in keyset.key_ids if key_id != keyset.primary_id)
    return [RootKey(rootfile.key_name(key_id), keyset.only(key_id).aead()) for key_id in (keyset.primary_id, *older)]


def _in_file(url: str) -> list[RootKey]:
    path = root_key_path(url)
    return keys_of(rootfile.read_keyset(path)) if path else []


def _kms_key(url: str) -> RootKey:
    return RootKey(url.removeprefix(KMS_PREFIX), _KmsAead(url))
