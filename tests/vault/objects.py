"""Objects to write and to refuse, for the tests of streams and of tampering."""

from uuid import UUID

import pytest

from vault.errors import Cause, ObjectUnreadable
from vault.stores import ObjectStore
from vault.streams import read_object, write_object

MIB = 1024 * 1024
# Tink's first segment holds 40 bytes of header and a tag of 16, the others a tag of 16.
FIRST, SEGMENT = MIB - 56, MIB - 16


def content(size: int) -> bytes:
    return (b"%d " % size + bytes(range(256))) * (size // 256 + 1)


def stored(store: ObjectStore, tenant: UUID, name: str, size: int) -> bytes:
    plain = content(size)[:size]
    with write_object(store, tenant, "documents", name) as writer:
        writer.write(plain)
    return plain


def refusal(
    store: ObjectStore,
    tenant: UUID,
    kind: str = "documents",
    name: str = "x",
    *,
    path: str | None = None,
    cipher_size: int | None = None,
    got: list[bytes] | None = None,
) -> Cause:
    """Why the object is refused; `got` receives what was handed out before."""
    received = [] if got is None else got

    def read() -> None:
        for chunk in read_object(store, tenant, kind, name, path=path, cipher_size=cipher_size):
            received.append(chunk)

    with pytest.raises(ObjectUnreadable) as refused:
        read()
    return refused.value.cause
