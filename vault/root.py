"""The root key: it wraps the keys of tenants and of signatures, and nothing else (DESIGN section 5).

Either a file (`file:///…/root.key`, a Tink keyset in clear, readable by its owner only) or a key of AWS KMS
(`aws-kms://arn:aws:kms:…`) that never leaves the service.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import tink
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from tink.integration import awskms

from vault.aws import client
from vault.errors import RootKeyExists, RootKeyMissing, RootKeyUnavailable
from vault.primitives import Aead, CannotDecrypt, Keyset

FILE_FORMAT = "sekisho-root-key-1"
KMS_PREFIX = "aws-kms://"
# What KMS answers when the ciphertext is not by this key or not for this place. Anything else is a failing service.
_KMS_REFUSALS = {"InvalidCiphertextException", "IncorrectKeyException"}


class RootKey:
    """Authenticated encryption by the root key, with an id that the wrapped records name."""

    def __init__(self, key_id: str, aead: Aead) -> None:
        self.id = key_id
        self._aead = aead

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Wrap a key of at most 4 KiB. Raises RootKeyUnavailable."""
        return self._aead.encrypt(plaintext, associated_data)

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """Unwrap a key. Raises CannotDecrypt, RootKeyUnavailable."""
        return self._aead.decrypt(ciphertext, associated_data)


class _KmsAead:
    """Tink's client of AWS KMS, with a refusal kept apart from an outage."""

    def __init__(self, key_uri: str) -> None:
        region = key_uri.removeprefix(KMS_PREFIX).split(":")[3]
        kms = client("kms", endpoint=getattr(settings, "KMS_ENDPOINT_URL", ""), region=region)
        self._primitive: Any = awskms.new_client(boto3_client=kms, key_uri=key_uri).get_aead(key_uri)

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


def root_key_path(url: str) -> Path | None:
    """The file that a `file:` address names; None for a key in KMS. Raises ImproperlyConfigured for anything else."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Path(unquote(parts.path))
    if url.startswith(KMS_PREFIX + "arn:aws:kms:"):
        return None
    raise ImproperlyConfigured(f"{url!r} is no root key: write file:///…/root.key or aws-kms://arn:aws:kms:….")


def create_root_key(path: Path) -> RootKey:
    """Make a new root key file, mode 0600. Raises RootKeyExists; a root key is never overwritten (P5)."""
    content = {
        "format": FILE_FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "keyset": json.loads(Keyset.new_aead().to_clear_json()),
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        # A link fails where a rename would replace: two processes that start together end with one key.
        os.link(fresh, path)
    except FileExistsError as error:
        raise RootKeyExists(_("There is a root key at %(path)s already.") % {"path": path}) from error
    finally:
        fresh.unlink()
    return _read_root_key(path)


def open_root_key(url: str) -> RootKey:
    """The root key at an address. Raises RootKeyMissing, RootKeyUnavailable."""
    path = root_key_path(url)
    if path is None:
        return RootKey(url.removeprefix(KMS_PREFIX), _KmsAead(url))
    return _read_root_key(path)


def _read_root_key(path: Path) -> RootKey:
    try:
        content = json.loads(path.read_text())
        if content["format"] != FILE_FORMAT:
            raise ValueError(content["format"])
        keyset = Keyset.from_clear_json(json.dumps(content["keyset"]))
    except FileNotFoundError as error:
        raise RootKeyMissing(
            _(
                "There is no root key at %(path)s. Put the key of this installation there (from its escrow), "
                "or make the first one with `manage.py keys init`."
            )
            % {"path": path}
        ) from error
    except OSError as error:
        raise RootKeyUnavailable(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RootKeyMissing(_("%(path)s is not a root key of Sekisho.") % {"path": path}) from error
    return RootKey(f"file:{keyset.primary_id}", keyset.aead())
