"""What an encrypted object is on disk (D7, B4): a header and Tink's streaming ciphertext.

    8 bytes   magic "SKSHOBJ1"; the digit is the version of the format
    4 bytes   length of the header, big-endian
    n bytes   JSON: tenant, kind, name, key (id of the tenant's key), data_key (wrapped by that key, base64)
    the rest  AES-256-GCM-HKDF in segments of 1 MiB, under a data key that no other object shares

Wrapped key and ciphertext are both bound to tenant, kind and logical name, the wrapped key to its key id too. The path
in a store is something else: a backup copies the object unchanged to a path of its own, and it is read there under its
own name.
"""

import base64
import json
from dataclasses import dataclass
from uuid import UUID

from vault.errors import Cause, ObjectUnreadable
from vault.primitives import CannotDecrypt, Keyset, bind
from vault.stores.interface import ObjectReader
from vault.stores.names import check_name
from vault.tenantkeys import TenantKeys

MAGIC = b"SKSHOBJ1"
_LENGTH_BYTES = 4
_MAX_HEADER = 64 * 1024
# Tink's own header (40 bytes) and the tag of one segment (16): no ciphertext is shorter.
_MIN_CIPHERTEXT = 56


@dataclass(frozen=True, slots=True)
class Identity:
    """What an object is, wherever it lies: whose, of what kind (`documents`, `archives`), under which logical name."""

    tenant_id: UUID
    kind: str
    name: str

    def path(self) -> str:
        """Where the object lies unless told otherwise. Raises InvalidName."""
        return check_name(f"{self.tenant_id}/{self.kind}/{self.name}")

    def bind_data_key(self, key_id: str) -> bytes:
        return bind("sekisho data key 1", str(self.tenant_id), self.kind, self.name, key_id)

    def bind_content(self) -> bytes:
        return bind("sekisho object 1", str(self.tenant_id), self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of an object."""

    identity: Identity
    key_id: str
    data_key: bytes

    def encoded(self) -> bytes:
        content = json.dumps(
            {
                "tenant": str(self.identity.tenant_id),
                "kind": self.identity.kind,
                "name": self.identity.name,
                "key": self.key_id,
                "data_key": base64.b64encode(self.data_key).decode(),
            }
        ).encode()
        return MAGIC + len(content).to_bytes(_LENGTH_BYTES, "big") + content

    def unwrap(self, keys: TenantKeys, path: str) -> Keyset:
        """The data key. Raises ObjectUnreadable."""
        try:
            return keys.unwrap(self.data_key, self.identity.bind_data_key(self.key_id))
        except CannotDecrypt as error:
            if self.key_id not in keys.key_ids:
                raise ObjectUnreadable(path, Cause.WRONG_KEY, f"key {self.key_id}") from error
            raise ObjectUnreadable(path, Cause.TAMPERED, "header") from error


def read_header(reader: ObjectReader, path: str) -> Header:
    """Read the beginning of an object and leave the reader at the ciphertext. Raises ObjectUnreadable."""
    start = _exactly(reader, len(MAGIC) + _LENGTH_BYTES, path)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if not start.startswith(MAGIC) or length > _MAX_HEADER:
        raise ObjectUnreadable(path, Cause.MALFORMED)
    content = _exactly(reader, length, path)
    if reader.size - len(start) - length < _MIN_CIPHERTEXT:
        raise ObjectUnreadable(path, Cause.TRUNCATED)
    try:
        fields = json.loads(content)
        if not all(isinstance(value, str) for value in fields.values()):
            raise ValueError("not a text")
        identity = Identity(UUID(fields["tenant"]), fields["kind"], fields["name"])
        header = Header(identity, fields["key"], base64.b64decode(fields["data_key"], validate=True))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ObjectUnreadable(path, Cause.MALFORMED, "header") from error
    # One way to write a header, so that not even a meaningless bit of it can be changed unnoticed.
    if header.encoded() != start + content:
        raise ObjectUnreadable(path, Cause.TAMPERED, "header")
    return header


def _exactly(reader: ObjectReader, size: int, path: str) -> bytes:
    """That many bytes; a reader may give fewer at a time."""
    content = b""
    while len(content) < size:
        if not (more := reader.read(size - len(content))):
            raise ObjectUnreadable(path, Cause.TRUNCATED, "header")
        content += more
    return content
