"""Signatures of this installation (Ed25519): manifests of archives, sealed audit segments, certificates.

Every purpose has a key of its own, so a signature for one can never stand for another. The bytes are signed as they
are: whoever has the public key verifies with any Ed25519 implementation. Private keys lie in the key store, wrapped by
the root key and bound to their public key, so a public key that somebody slipped into the store is not believed.
"""

import base64
import contextlib
import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vault.errors import ObjectExists, SignatureInvalid
from vault.records import RecentlyUsed, Record, Records, Stamp
from vault.stores.interface import ObjectInfo
from vault.stores.names import check_name
from vault.wrapping import SIGNING_FORMAT, Kind, Wrapping, made_as, made_at, signing_kind

_KEPT_SECONDS = 300.0
_KEPT_PURPOSES = 32


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes, and the id of the key that made them."""

    key_id: str
    value: bytes


@dataclass(frozen=True)
class SigningKey:
    """One version of the key for a purpose; `key_id` is the start of the SHA-256 of the public key."""

    purpose: str
    version: int
    created: str
    private: Ed25519PrivateKey

    @cached_property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @cached_property
    def public_bytes(self) -> bytes:
        """The 32 bytes to publish."""
        return self.public.public_bytes_raw()

    @cached_property
    def key_id(self) -> str:
        return hashlib.sha256(self.public_bytes).hexdigest()[:16]


class SigningKeys:
    """The signing keys of the installation, by purpose; made when a purpose is first used."""

    def __init__(self, wrapping: Wrapping, installation: str) -> None:
        self._wrapping = wrapping
        self._installation = installation
        self._recent = RecentlyUsed(self._listing, self._load, seconds=_KEPT_SECONDS, size=_KEPT_PURPOSES)

    def keys(self, purpose: str) -> tuple[SigningKey, ...]:
        """All keys for a purpose, oldest first; the last one signs. Raises KeysAltered."""
        return self._recent.get(purpose)

    def sign(self, purpose: str, message: bytes) -> Signature:
        """Sign the bytes with the newest key for the purpose."""
        key = self.keys(purpose)[-1]
        return Signature(key.key_id, key.private.sign(message))

    def rotate(self, purpose: str) -> SigningKey:
        """Add a new key for the purpose, which signs from now on. Raises ObjectExists when another process did so too.

        Other processes sign with the old one for up to five more minutes; its signatures stay good.
        """
        records = self._records(purpose)
        self._add(purpose, max(records.version(info) for info in self._listing(purpose)) + 1)
        return self._recent.refreshed(purpose)[-1]

    def verify(self, purpose: str, message: bytes, signature: Signature) -> None:
        """Raises SignatureInvalid unless one of our keys for this purpose signed exactly these bytes."""
        key = self._find(purpose, signature.key_id)
        if key is None:
            self._recent.forget(purpose)  # another process may have renewed the key a moment ago
            key = self._find(purpose, signature.key_id)
        if key is None:
            raise SignatureInvalid(f"{signature.key_id} is none of our keys for {purpose}.")
        try:
            key.public.verify(signature.value, message)
        except InvalidSignature as error:
            raise SignatureInvalid(f"The signature for {purpose} does not fit its content.") from error

    def _find(self, purpose: str, key_id: str) -> SigningKey | None:
        return next((key for key in self.keys(purpose) if key.key_id == key_id), None)

    def _records(self, purpose: str) -> Records:
        return Records(self._wrapping.store, check_name(f"signing/{purpose}"))

    def kind(self, purpose: str) -> Kind:
        """How the records of a purpose are wrapped."""
        return signing_kind(self._installation, purpose)

    def _listing(self, purpose: str) -> Stamp:
        records = self._records(purpose)
        if found := records.listing():
            return found
        with contextlib.suppress(ObjectExists):  # another process made it in the same moment; theirs it is
            self._add(purpose, 1)
        return records.listing()

    def _add(self, purpose: str, version: int) -> None:
        private = Ed25519PrivateKey.generate()
        public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
        fields: Record = {"purpose": purpose, "public_key": public}
        self._wrapping.add(self._records(purpose), self.kind(purpose), version, private.private_bytes_raw(), fields)

    def _load(self, purpose: str, stamp: Stamp) -> tuple[SigningKey, ...]:
        """Every key once, in the order in which they were made, from its newest version that opens here."""
        records = self._records(purpose)
        versions: dict[int, list[ObjectInfo]] = {}
        for info in stamp:
            versions.setdefault(made_as(records.read(info, SIGNING_FORMAT)), []).append(info)
        return tuple(self._opened(purpose, made, tuple(versions[made])) for made in sorted(versions))

    def _opened(self, purpose: str, made: int, stamp: Stamp) -> SigningKey:
        kind = self.kind(purpose)
        info, record = self._wrapping.newest(self._records(purpose), kind, stamp)
        private = self._wrapping.opened(kind, record, info.name)
        return SigningKey(purpose, made, made_at(record), Ed25519PrivateKey.from_private_bytes(private))
