"""The root key file in escrow: sealed with a passphrase, so that a lost machine is not a lost service (P5).

An escrow file is JSON that describes itself: argon2id over the passphrase (NFC, UTF-8) gives the key of AES-256-GCM,
and everything but `sealed` is its associated data, as compact JSON with sorted keys. It opens without Sekisho too.
"""

import base64
import json
import os
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from vault import rootfile
from vault.errors import EscrowRefused
from vault.root import RootKeys, keys_of

FORMAT = "sekisho-escrow-1"
# 256 MiB and three passes: a second for us, and as dear as it gets for who tries passphrases.
COST = {"time": 3, "memory_kib": 256 * 1024, "lanes": 4}
# No file makes us work harder than that.
_MOST = {"time": 16, "memory_kib": 2 * 1024 * 1024, "lanes": 16}
SHORTEST = 20
_FEWEST_DIFFERENT = 10


@dataclass(frozen=True, slots=True)
class Escrow:
    """What an escrow file says of itself, and the root key file in it once it was opened."""

    installation: str
    root_key: str
    created: datetime
    content: bytes

    def roots(self) -> RootKeys:
        """The root keys inside, without the ones that this installation runs with. Raises RootKeyMissing."""
        held = keys_of(rootfile.parse(self.content.decode(), Path("escrow")))
        return RootKeys(lambda: held)


def refuse_weak(passphrase: str) -> None:
    """Raises EscrowRefused: whoever finds the file can try passphrases for years."""
    if len(passphrase) < SHORTEST or len(set(passphrase)) < _FEWEST_DIFFERENT:
        raise EscrowRefused(
            _("Choose a passphrase of at least %(length)d characters, %(different)d of them different.")
            % {"length": SHORTEST, "different": _FEWEST_DIFFERENT}
        )


def seal(content: bytes, passphrase: str, *, installation: str, root_key: str) -> bytes:
    """An escrow file with the content of a root key file. Raises EscrowRefused for a weak passphrase."""
    refuse_weak(passphrase)
    header: dict[str, Any] = {
        "format": FORMAT,
        "about": "Root key of a Sekisho installation. Open it with `manage.py keys escrow drill FILE`.",
        "installation": installation,
        "root_key": root_key,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "kdf": {"name": "argon2id", "version": 19, **COST, "salt": _text(secrets.token_bytes(16))},
        "cipher": "AES-256-GCM",
        "nonce": _text(secrets.token_bytes(12)),
    }
    sealed = AESGCM(_key(passphrase, header)).encrypt(base64.b64decode(header["nonce"]), content, _bound(header))
    return json.dumps({**header, "sealed": _text(sealed)}, indent=2).encode()


def unseal(text: bytes, passphrase: str) -> Escrow:
    """Open an escrow file. Raises EscrowRefused for another file, another passphrase, or an altered one."""
    try:
        header = json.loads(text)
        sealed = base64.b64decode(header.pop("sealed"))
        if header["format"] != FORMAT or header["cipher"] != "AES-256-GCM" or header["kdf"]["name"] != "argon2id":
            raise ValueError(header["format"])
        nonce, created = base64.b64decode(header["nonce"]), datetime.fromisoformat(header["created"])
        key = _key(passphrase, header)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EscrowRefused(_("This is no escrow file of Sekisho.")) from error
    try:
        content = AESGCM(key).decrypt(nonce, sealed, _bound(header))
    except (InvalidTag, ValueError) as error:
        raise EscrowRefused(_("The passphrase does not open this file, or the file was altered.")) from error
    return Escrow(str(header["installation"]), str(header["root_key"]), created, content)


def write_new(path: Path, content: bytes) -> None:
    """Write the file, mode 0600, durable. Raises EscrowRefused when there is one of that name or it cannot be made."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise EscrowRefused(_("%(path)s exists already and is never overwritten.") % {"path": path}) from error
    except OSError as error:
        raise EscrowRefused(f"{path}: {error.strerror}") from error


def _key(passphrase: str, header: dict[str, Any]) -> bytes:
    """Raises ValueError for a cost that is out of the question."""
    kdf = header["kdf"]
    if any(not 1 <= int(kdf[name]) <= most for name, most in _MOST.items()):
        raise ValueError("cost")
    return hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode(),
        base64.b64decode(kdf["salt"]),
        time_cost=int(kdf["time"]),
        memory_cost=int(kdf["memory_kib"]),
        parallelism=int(kdf["lanes"]),
        hash_len=32,
        type=Type.ID,
    )


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
