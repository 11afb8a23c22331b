"""What is refused, and by which name: altered, shortened, exchanged, misplaced, without keys (D7, B4, R1)."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.vault.objects import FIRST, MIB, refusal, stored
from vault.errors import Cause, TenantKeysDestroyed
from vault.keys import key_store
from vault.objectformat import MAGIC
from vault.stores import backup_store, copy_object, document_store
from vault.streams import read_object


@pytest.mark.parametrize("size", [0, 100])
def test_every_changed_byte_is_noticed(tenant: UUID, tmp_path: Path, size: int) -> None:
    """One flipped bit anywhere, in the header or the content, and the object is refused."""
    store = document_store()
    stored(store, tenant, "x", size)
    path = tmp_path / f"documents/{tenant}/documents/x"
    good = path.read_bytes()
    causes = set()
    for index in range(len(good)):
        path.write_bytes(good[:index] + bytes([good[index] ^ (1 << index % 8)]) + good[index + 1 :])
        causes.add(refusal(store, tenant))
    assert causes <= {Cause.MALFORMED, Cause.TAMPERED, Cause.MISPLACED, Cause.WRONG_KEY, Cause.TRUNCATED}
    path.write_bytes(good)
    assert len(read_object(store, tenant, "documents", "x").read()) == size


def test_every_shortening_is_noticed(tenant: UUID, tmp_path: Path) -> None:
    """Cut off after any byte; told as truncated whenever the size is known."""
    store = document_store()
    stored(store, tenant, "x", 100)
    path = tmp_path / f"documents/{tenant}/documents/x"
    good = path.read_bytes()
    for length in range(len(good)):
        path.write_bytes(good[:length])
        assert refusal(store, tenant) in {Cause.TRUNCATED, Cause.TAMPERED}
        assert refusal(store, tenant, cipher_size=len(good)) is Cause.TRUNCATED
    path.write_bytes(good + b"\0")
    assert refusal(store, tenant) is Cause.TAMPERED
    assert refusal(store, tenant, cipher_size=len(good)) is Cause.TAMPERED


@pytest.mark.parametrize("position", [10, FIRST // 2, MIB + 5, -3])
def test_a_flipped_bit_in_a_long_object(tenant: UUID, tmp_path: Path, position: int) -> None:
    """What comes before the altered segment is right, and nothing of or after it is handed out."""
    store = document_store()
    plain = stored(store, tenant, "x", 3 * MIB)
    path = tmp_path / f"documents/{tenant}/documents/x"
    good = bytearray(path.read_bytes())
    start = len(good) - 3 * MIB - 40 - 4 * 16
    index = position if position < 0 else start + 40 + position
    good[index] ^= 4
    path.write_bytes(good)
    got: list[bytes] = []
    assert refusal(store, tenant, got=got) is Cause.TAMPERED
    assert plain.startswith(b"".join(got))
    assert len(b"".join(got)) < 3 * MIB


def test_exchanged_segments_are_noticed(tenant: UUID, tmp_path: Path) -> None:
    """Two whole segments in the wrong order, or one of them missing."""
    store = document_store()
    stored(store, tenant, "x", 4 * MIB)
    path = tmp_path / f"documents/{tenant}/documents/x"
    good = path.read_bytes()
    start = len(good) - 4 * MIB - 40 - 5 * 16
    second, third = good[start + MIB : start + 2 * MIB], good[start + 2 * MIB : start + 3 * MIB]
    head, tail = good[: start + MIB], good[start + 3 * MIB :]
    for altered in (head + third + second + tail, head + third + tail, head + second):
        path.write_bytes(altered)
        assert refusal(store, tenant) is Cause.TAMPERED


def test_an_object_answers_to_its_own_name_only(tenant: UUID) -> None:
    """Another name, kind or tenant, also of the same company: refused, and said to be another object."""
    store, neighbour = document_store(), uuid4()
    key_store().create_tenant_keys(neighbour)
    stored(store, tenant, "x", 10)
    path = f"{tenant}/documents/x"
    assert refusal(store, tenant, name="y", path=path) is Cause.MISPLACED
    assert refusal(store, tenant, kind="archives", path=path) is Cause.MISPLACED
    assert refusal(store, neighbour, path=path) is Cause.MISPLACED
    copy_object(store, path, store, f"{tenant}/documents/y")
    assert refusal(store, tenant, name="y") is Cause.MISPLACED


def test_a_header_rewritten_for_another_name_is_refused(tenant: UUID, tmp_path: Path) -> None:
    """The name in the header is only a label: the keys are bound to it, so a new label does not fit."""
    store = document_store()
    stored(store, tenant, "x", 10)
    source = tmp_path / f"documents/{tenant}/documents/x"
    target = tmp_path / f"documents/{tenant}/documents/y"
    target.write_bytes(source.read_bytes().replace(b'"name": "x"', b'"name": "y"'))
    assert refusal(store, tenant, name="y") is Cause.TAMPERED


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header | {"note": "added"},
        lambda header: header | {"tenant": header["tenant"].upper()},
        lambda header: dict(reversed(header.items())),
        lambda header: header | {"name": 7},
        lambda header: header | {"key": 7},
        lambda header: {"tenant": header["tenant"]},
        lambda header: [header],
    ],
)
def test_a_header_is_written_in_one_way_only(
    tenant: UUID, tmp_path: Path, change: Callable[[dict[str, str]], object]
) -> None:
    """Not even a change without meaning passes: there is one header for one object."""
    stored(document_store(), tenant, "x", 10)
    path = tmp_path / f"documents/{tenant}/documents/x"
    good = path.read_bytes()
    length = int.from_bytes(good[8:12], "big")
    header = json.dumps(change(json.loads(good[12 : 12 + length]))).encode()
    path.write_bytes(good[:8] + len(header).to_bytes(4, "big") + header + good[12 + length :])
    assert refusal(document_store(), tenant) in {Cause.TAMPERED, Cause.MALFORMED}


def test_a_content_under_another_header_is_refused(tenant: UUID, tmp_path: Path) -> None:
    """Header of one object, ciphertext of another of the same tenant."""
    store = document_store()
    stored(store, tenant, "x", 10)
    stored(store, tenant, "y", 10)
    x, y = (tmp_path / f"documents/{tenant}/documents/{name}" for name in "xy")
    x.write_bytes(x.read_bytes()[:-66] + y.read_bytes()[-66:])
    assert refusal(store, tenant) is Cause.TAMPERED


def test_destroyed_keys_make_every_copy_unreadable(tenant: UUID) -> None:
    """R1: the document and its backup, at once; nobody makes new keys under the id of the tenant."""
    stored(document_store(), tenant, "x", 1000)
    path = f"{tenant}/documents/x"
    copy_object(document_store(), path, backup_store(), "2026-11-22/x")
    key_store().destroy_tenant_keys(tenant)
    for store, place in ((document_store(), path), (backup_store(), "2026-11-22/x")):
        assert refusal(store, tenant, path=place) is Cause.KEYS_MISSING
    with pytest.raises(TenantKeysDestroyed):
        key_store().create_tenant_keys(tenant)
    assert refusal(document_store(), tenant) is Cause.KEYS_MISSING


@pytest.mark.parametrize(
    "junk", [b"", b"SKSH", b"SKSHOBJ2" + bytes(200), b"%PDF-1.7" + bytes(500), MAGIC + b"\xff" * 99]
)
def test_another_file_is_no_object(tenant: UUID, junk: bytes) -> None:
    """Foreign files and future formats are told apart from damage."""
    document_store().put(f"{tenant}/documents/x", junk)
    assert refusal(document_store(), tenant) is (Cause.MALFORMED if len(junk) > 12 else Cause.TRUNCATED)
