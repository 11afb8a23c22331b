"""Encrypted objects as streams: the same content comes back, in constant memory, or nothing is left (D7, B4)."""

import gc
import hashlib
import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.vault.objects import FIRST, MIB, SEGMENT, content, stored
from vault.errors import ObjectExists, ObjectMissing, StoreUnavailable, TenantKeysMissing
from vault.objectformat import MAGIC
from vault.stores import LocalStore, ObjectStore, ObjectWriter, backup_store, copy_object, document_store
from vault.stores.interface import ObjectReader
from vault.streams import EncryptingWriter, read_object, write_object

ROOT = Path(__file__).resolve().parents[2]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.one_of(
        st.integers(0, 5000),
        st.sampled_from([FIRST, FIRST + SEGMENT, FIRST + 2 * SEGMENT, MIB, 2 * MIB]).flatmap(
            lambda border: st.integers(border - 2, border + 2)
        ),
    ),
    step=st.sampled_from([1000, 65536, 100_003, 3 * MIB]),
    ask=st.sampled_from([-1, 7919, 65536, MIB, 2 * MIB + 1]),
)
def test_round_trip(tenant: UUID, size: int, step: int, ask: int) -> None:
    """Any size round the borders of Tink's segments, written and read in any steps."""
    name, plain, store = str(uuid4()), content(size)[:size], document_store()
    with write_object(store, tenant, "documents", name) as writer:
        for start in range(0, size, step):
            writer.write(memoryview(plain)[start : start + step])
    written = writer.written
    assert (written.plain_size, written.plain_sha256) == (size, hashlib.sha256(plain).hexdigest())
    with store.open(written.path) as raw:
        cipher = raw.read()
    assert (written.cipher_size, written.cipher_sha256) == (len(cipher), hashlib.sha256(cipher).hexdigest())
    with read_object(store, tenant, "documents", name, cipher_size=written.cipher_size) as reader:
        if ask < 0:
            assert reader.read() == plain
        else:
            assert b"".join(iter(lambda: reader.read(ask), b"")) == plain
    store.delete(written.path)


def test_through_a_bucket(store: ObjectStore, tenant: UUID) -> None:
    """The same over S3 in parts as over a folder."""
    plain = stored(store, tenant, "big", 20 * MIB + 1)
    assert b"".join(read_object(store, tenant, "documents", "big")) == plain


def test_every_object_has_its_own_key_and_shows_nothing(tenant: UUID, tmp_path: Path) -> None:
    """The same content twice gives two ciphertexts, and neither shows a piece of it."""
    store = document_store()
    plain = stored(store, tenant, "a", 10_000)
    stored(store, tenant, "b", 10_000)
    one, two = ((tmp_path / f"documents/{tenant}/documents/{name}").read_bytes() for name in "ab")
    assert one[:8] == two[:8] == MAGIC
    assert one[-10_000:] != two[-10_000:]
    assert not any(plain[start : start + 16] in one + two for start in range(0, 9000, 16))


def test_a_backup_is_read_under_its_own_name(tenant: UUID) -> None:
    """Copied unchanged to another store and path, the object still is what it was (B1)."""
    plain = stored(document_store(), tenant, "x", 3 * MIB)
    receipt = copy_object(document_store(), f"{tenant}/documents/x", backup_store(), "2026-11-22/objects/1")
    reader = read_object(
        backup_store(), tenant, "documents", "x", path="2026-11-22/objects/1", cipher_size=receipt.size
    )
    assert b"".join(reader) == plain


def test_nothing_is_left_of_an_aborted_object(tenant: UUID) -> None:
    """Also when Tink's stream is collected later: it writes its end then, and nobody must listen."""
    store = document_store()
    writer = write_object(store, tenant, "documents", "x")

    def interrupted(writer: EncryptingWriter) -> None:
        with writer:
            writer.write(content(3 * MIB))
            raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        interrupted(writer)
    assert writer._stream.closed  # nothing is left for the garbage collector to finish
    writer.abort()
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"more")
    with pytest.raises(ValueError, match="closed"):
        writer.commit()
    with pytest.raises(ValueError, match="not stored"):
        _ = writer.written
    del writer
    gc.collect()
    assert list(store.list()) == []
    assert store.sweep(timedelta(seconds=-1)) == 0


def test_without_keys_nothing_is_begun(vault: Settings) -> None:
    """No keys, no object, no leftover."""
    with pytest.raises(TenantKeysMissing):
        write_object(document_store(), uuid4(), "documents", "x")
    assert document_store().sweep(timedelta(seconds=-1)) == 0


def test_missing_and_existing_objects(tenant: UUID) -> None:
    """The store's own answers come through unchanged."""
    with pytest.raises(ObjectMissing):
        read_object(document_store(), tenant, "documents", "x")
    stored(document_store(), tenant, "x", 10)
    with pytest.raises(ObjectExists):
        write_object(document_store(), tenant, "documents", "x")


class _FailingWriter(ObjectWriter):
    def _append(self, data: bytes | bytearray | memoryview) -> None:
        if self._size > MIB:
            raise StoreUnavailable(self.name, "no space left")

    def _finish(self) -> None: ...

    def _discard(self) -> None: ...


class _FailingReader(ObjectReader):
    def __init__(self, inner: ObjectReader) -> None:
        super().__init__(inner.name, inner.size)
        self._inner = inner
        self._left = 2 * MIB

    def read(self, size: int = -1) -> bytes:
        if self._left <= 0:
            raise StoreUnavailable(self.name, "connection lost")
        data = self._inner.read(size)
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._inner.close()


class _FailingStore(LocalStore):
    """A disk that fails in the middle, either way."""

    def writer(self, name: str) -> ObjectWriter:
        return _FailingWriter(name)

    def open(self, name: str) -> ObjectReader:
        return _FailingReader(super().open(name))


def test_a_failing_store_is_not_called_tampering(tenant: UUID) -> None:
    """Tink turns errors into text; the store's own error must come out."""
    good = cast("LocalStore", document_store())
    stored(good, tenant, "x", 5 * MIB)
    failing = _FailingStore(good.root)
    with pytest.raises(StoreUnavailable, match="connection lost"):
        read_object(failing, tenant, "documents", "x").read()
    writer = write_object(failing, tenant, "documents", "y")
    with pytest.raises(StoreUnavailable, match="no space"):
        writer.write(content(5 * MIB))


def test_works_below_a_compressor(tenant: UUID) -> None:
    """The way of a backup: zstd in front of the writer, and behind the reader (B1)."""
    plain = content(5 * MIB)
    with (
        write_object(backup_store(), tenant, "archives", "a") as writer,
        zstandard.ZstdCompressor().stream_writer(cast("io.BufferedWriter", writer), closefd=False) as compressor,
    ):
        compressor.write(plain)
    assert writer.written.plain_size < len(plain) // 10
    with (
        read_object(backup_store(), tenant, "archives", "a") as reader,
        zstandard.ZstdDecompressor().stream_reader(cast("io.BufferedReader", reader)) as decompressor,
    ):
        assert decompressor.read() == plain


MEASURE = """
import os, resource, sys
import django
from django.test.utils import override_settings
django.setup()
from uuid import uuid4
folder = sys.argv[1]
names = {"VAULT_ROOT_KEY": "rootkey/root.key", "VAULT_KEY_STORE": "keys", "VAULT_DOCUMENT_STORE": "documents"}
with override_settings(**{name: f"file://{folder}/{place}" for name, place in names.items()}):
    from vault.keys import key_store
    from vault.stores import document_store
    from vault.streams import read_object, write_object
    tenant = uuid4()
    key_store().create_tenant_keys(tenant)
    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = peak()
    chunk = os.urandom(65536)
    with write_object(document_store(), tenant, "documents", "x") as writer:
        for _ in range(300 * 16):
            writer.write(chunk)
    size = sum(map(len, read_object(document_store(), tenant, "documents", "x")))
    print(size, peak() - before)
"""


def test_memory_stays_flat(tmp_path: Path) -> None:
    """300 MB through the vault, both ways, raise the memory of the process by less than 32 MB (issue 2 asks for 64)."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    size, grown_kib = map(int, done.stdout.split())
    assert size == 300 * MIB
    assert grown_kib < 32 * 1024
