"""Tink behind types: keysets, authenticated encryption, and the associated data that binds a secret to its place.

Everything else in the vault goes through this module; there is no other cryptography for confidentiality (section 5).
"""

import json
from typing import Any, BinaryIO, Protocol

import tink
from tink import aead, secret_key_access, streaming_aead

aead.register()
streaming_aead.register()

_AEAD = aead.aead_key_templates.AES256_GCM
_STREAMING = streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB


class CannotDecrypt(Exception):  # noqa: N818 - reads as the statement it is
    """Wrong key, wrong associated data or altered ciphertext; authenticated encryption cannot tell which."""


class Aead(Protocol):
    """Authenticated encryption of something small. `decrypt` raises CannotDecrypt."""

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes: ...


class StreamingAead(Protocol):
    """Authenticated encryption of something long, in segments of 1 MiB."""

    def new_encrypting_stream(self, ciphertext_destination: BinaryIO, associated_data: bytes) -> BinaryIO: ...

    def new_decrypting_stream(self, ciphertext_source: BinaryIO, associated_data: bytes) -> BinaryIO: ...


def bind(purpose: str, *parts: str) -> bytes:
    """Associated data: the purpose and each part behind its length, so that no two lists of parts look alike."""
    encoded = [part.encode() for part in (purpose, *parts)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


class _TinkAead:
    def __init__(self, primitive: Any) -> None:
        self._primitive = primitive

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        return bytes(self._primitive.encrypt(plaintext, associated_data))

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        try:
            return bytes(self._primitive.decrypt(ciphertext, associated_data))
        except tink.TinkError as error:
            raise CannotDecrypt from error


class Keyset:
    """A Tink keyset: one primary key that encrypts, and older ones that still decrypt."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    @classmethod
    def new_aead(cls) -> "Keyset":
        """A fresh AES-256-GCM keyset, for wrapping keys and sealing small secrets."""
        return cls(tink.new_keyset_handle(_AEAD))

    @classmethod
    def new_streaming(cls) -> "Keyset":
        """A fresh AES-256-GCM-HKDF keyset with 1 MiB segments, for one object."""
        return cls(tink.new_keyset_handle(_STREAMING))

    @classmethod
    def unwrapped(cls, wrapped: bytes, key: Aead, associated_data: bytes) -> "Keyset":
        """The keyset inside `wrapped`. Raises CannotDecrypt."""
        try:
            return cls(tink.proto_keyset_format.parse_encrypted(wrapped, key, associated_data))
        except tink.TinkError as error:
            raise CannotDecrypt from error

    def wrapped(self, key: Aead, associated_data: bytes) -> bytes:
        """The keyset, encrypted by `key` and bound to its place."""
        return bytes(tink.proto_keyset_format.serialize_encrypted(self._handle, key, associated_data))

    @classmethod
    def from_clear_json(cls, text: str) -> "Keyset":
        """The keyset in a root key file. Raises ValueError when it is none."""
        try:
            return cls(tink.json_proto_keyset_format.parse(text, secret_key_access.TOKEN))
        except tink.TinkError as error:
            raise ValueError("not a Tink keyset") from error

    def to_clear_json(self) -> str:
        """The keyset with its secret in clear: for the root key file only."""
        return str(tink.json_proto_keyset_format.serialize(self._handle, secret_key_access.TOKEN))

    def grown(self) -> "Keyset":
        """The same keys and a fresh one, which encrypts from now on; what the older ones sealed stays readable (P5)."""
        fresh = Keyset.new_aead()
        while fresh.primary_id in self.key_ids:  # 32 bits: it will not happen, and must not
            fresh = Keyset.new_aead()
        mine, its = json.loads(self.to_clear_json()), json.loads(fresh.to_clear_json())
        its["key"] = mine["key"] + its["key"]
        return Keyset.from_clear_json(json.dumps(its))

    def only(self, key_id: str) -> "Keyset":
        """One of the keys alone. Raises KeyError when it is not there."""
        mine = json.loads(self.to_clear_json())
        number = int(key_id, 16)
        chosen = [key for key in mine["key"] if key["keyId"] == number]
        if not chosen:
            raise KeyError(key_id)
        return Keyset.from_clear_json(json.dumps({"primaryKeyId": number, "key": chosen}))

    @property
    def primary_id(self) -> str:
        """Id of the key that encrypts, as eight hexadecimal digits."""
        return f"{self._handle.keyset_info().primary_key_id:08x}"

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Ids of all keys in the keyset."""
        return tuple(f"{info.key_id:08x}" for info in self._handle.keyset_info().key_info)

    def aead(self) -> Aead:
        return _TinkAead(self._handle.primitive(aead.Aead))

    def streaming_aead(self) -> StreamingAead:
        primitive: StreamingAead = self._handle.primitive(streaming_aead.StreamingAead)
        return primitive
