"""Rotation of the root key and of tenants' keysets; kill -9 on the way (P5)."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from pytest_django import Settings

from vault import rootfile
from vault.aws import client
from vault.errors import RootKeyMissing, RootKeyRefused, RotationRefused, TenantKeysDestroyed
from vault.keys import KeyStore, key_store
from vault.keystore import initialise
from vault.root import RootKeys, create_root_key, keys_of, open_root_keys
from vault.rotation import FINISH_AFTER, finish_root, is_unfinished, rotate_root
from vault.stores import LocalStore, ObjectStore, document_store
from vault.stores.local import _LocalWriter
from vault.streams import read_object, write_object
from vault.survey import unreadable
from vault.wrapping import Wrapping, destruction_records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own.key"


@pytest.fixture
def keys(store: ObjectStore, path: Path) -> KeyStore:
    """A key store in a folder, and one in a bucket, with two tenants and signing keys of two generations."""
    assert initialise(store, create_root_key(path))
    keys = process(store, path)
    for tenant in TENANTS:
        keys.create_tenant_keys(tenant)
    keys.signing.sign("manifests", b"m")
    keys.signing.rotate("manifests")
    keys.signing.sign("audit", b"m")
    return keys


TENANTS = (uuid4(), uuid4())


def process(store: ObjectStore, path: Path) -> KeyStore:
    """What another process would open; it looks at the store whenever it is asked."""
    return KeyStore(store, open_root_keys(f"file://{path}"), kept_seconds=0)


def frozen(store: ObjectStore, path: Path) -> KeyStore:
    """A process with the root key of this moment, on a machine to which no new one is brought."""
    held = keys_of(rootfile.read_keyset(path))
    return KeyStore(store, RootKeys(lambda: held), kept_seconds=0)


def finish(keys: KeyStore, path: Path | None) -> None:
    with time_machine.travel(FINISH_AFTER.total_seconds() + 1 + time.time()):
        finish_root(keys, path)


def content(store: ObjectStore, name: str) -> dict[str, Any]:
    with store.open(name) as reader:
        record: dict[str, Any] = json.loads(reader.read())
    return record


def versions(store: ObjectStore, folder: str) -> list[str]:
    return [info.name.removeprefix(folder) for info in store.list(folder)]


def test_rotation_keeps_everything_readable_by_old_and_new(keys: KeyStore, store: ObjectStore, path: Path) -> None:
    """Before, between and after: the same keysets, the same signing keys in the same order, and then one root key."""
    sealed = {tenant: keys.seal_secret(tenant, "p", b"secret") for tenant in TENANTS}
    signed = {purpose: keys.signing.sign(purpose, b"m") for purpose in ("manifests", "audit")}
    order = [(key.key_id, key.created) for key in keys.signing.keys("manifests")]
    old, running = frozen(store, path), process(store, path)
    before = keys.root_key_id

    rotated = rotate_root(keys, path)
    assert (rotated.old, rotated.folders, rotated.versions) == (before, 5, 6)
    assert rotated.new == keys.root_key_id == running.root_key_id != before
    for reader in (old, running, keys, process(store, path)):
        assert {tenant: reader.open_secret(tenant, "p", value) for tenant, value in sealed.items()} == dict.fromkeys(
            TENANTS, b"secret"
        )
        reader.signing._recent._kept.clear()
        assert [(key.key_id, key.created) for key in reader.signing.keys("manifests")] == order
        for purpose, signature in signed.items():
            reader.signing.verify(purpose, b"m", signature)
        assert reader.installation == keys.installation
    with pytest.raises(RootKeyRefused, match="does not open"):
        old.create_tenant_keys(uuid4())  # it cannot know the new root key, and must not write under the old one

    assert rotate_root(keys, path).versions == 0, "a repetition has nothing to do, and makes no third key"
    with pytest.raises(RotationRefused, match="Wait until"):
        finish_root(keys, path)
    finish(keys, path)
    assert rootfile.key_name(rootfile.read_keyset(path).primary_id) == rotated.new
    assert len(rootfile.read_keyset(path).key_ids) == 1
    assert all(content(store, info.name)["root_key"] == rotated.new for info in store.list())
    for reader in (running, process(store, path)):
        assert reader.open_secret(TENANTS[0], "p", sealed[TENANTS[0]]) == b"secret"
        assert [key.key_id for key in reader.signing.keys("manifests")] == [key_id for key_id, _ in order]
    with pytest.raises(RootKeyRefused):
        old.tenant_keys(TENANTS[0])
    with pytest.raises(RotationRefused, match="no rotation"):
        finish_root(keys, path)
    assert rotate_root(keys, path).old == rotated.new, "and the next rotation can begin"


def test_the_file_is_replaced_whole_and_stays_private(keys: KeyStore, path: Path) -> None:
    """0600 (or what it was), nothing beside it, and one rotation at a time."""
    path.chmod(0o640)
    with rootfile.exclusive(path), pytest.raises(RotationRefused, match="Another rotation"):
        rotate_root(keys, path)
    rotate_root(keys, path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".own")] == []


def test_who_wrote_meanwhile_is_not_forgotten(keys: KeyStore, store: ObjectStore, path: Path) -> None:
    """A process that asked for the root key just before the rotation writes just after: it re-wraps by itself."""
    late = frozen(store, path)
    tenant = uuid4()
    kind, records = late.kind(tenant), late._records(tenant)
    rotate_root(keys, path)
    late.wrapping.roots._load = open_root_keys(f"file://{path}")._load
    answers: Iterator[Any] = iter([late.wrapping.roots.present])
    real = late.wrapping.current
    late.wrapping.current = lambda: next(answers, None) or real()  # type: ignore[method-assign]
    keyset = keys.tenant_keys(TENANTS[0]).keyset
    late.wrapping.add(records, kind, 1, keyset, {"key_ids": keyset.key_ids})
    assert versions(store, f"tenants/{tenant}/") == ["1.json", "2.json"]
    finish(keys, path)
    assert versions(store, f"tenants/{tenant}/") == ["2.json"]
    assert process(store, path).key_id(tenant) == keyset.primary_id


def test_a_destruction_during_the_rotation_is_final(
    keys: KeyStore, store: ObjectStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1: what the rotation writes after the destruction began goes away, also when it was killed in between."""
    write = Wrapping.write

    def destroy_first(self: Wrapping, records: Any, *args: Any) -> None:
        if records.folder == f"tenants/{TENANTS[0]}":
            process(store, path).destroy_tenant_keys(TENANTS[0])
        write(self, records, *args)

    monkeypatch.setattr(Wrapping, "write", destroy_first)
    rotate_root(keys, path)
    monkeypatch.undo()
    assert versions(store, f"tenants/{TENANTS[0]}/") == []
    store.put(f"tenants/{TENANTS[0]}/2.json", json.dumps(content(store, f"tenants/{TENANTS[1]}/1.json")).encode())
    rotate_root(keys, path)
    assert versions(store, f"tenants/{TENANTS[0]}/") == []
    assert destruction_records(store, TENANTS[0]).listing()
    with pytest.raises(TenantKeysDestroyed):
        keys.create_tenant_keys(TENANTS[0])


def test_an_altered_record_keeps_the_old_key(
    keys: KeyStore, folder: LocalStore, store: ObjectStore, path: Path
) -> None:
    """Nothing is removed while anything does not open: the cause is named."""
    rotate_root(keys, path)
    name = f"tenants/{TENANTS[0]}/2.json"
    record = content(store, name)
    store.delete(name)
    store.put(name, json.dumps({**record, "keyset": record["keyset"][:-8] + "AAAAAAA="}).encode())
    count = len(list(store.list()))
    with pytest.raises(RotationRefused, match="does not open, so the old root key has to stay"):
        finish(keys, path)
    assert len(list(store.list())) == count
    assert [found.place for found in unreadable(keys) if found] == [f"tenants/{TENANTS[0]}"]
    assert is_unfinished(keys, path)


def killed(action: Callable[[], object], left: int) -> bool:
    """Run it in a process of its own that is killed at the write or deletion after so many; whether it was."""
    child = os.fork()
    if not child:
        try:
            _die_after(left)
            action()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def _die_after(left: int) -> None:
    counter = iter(range(left))

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if next(counter, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args)

        return call

    _LocalWriter._finish = counted(_LocalWriter._finish)  # type: ignore[method-assign]
    LocalStore.delete = counted(LocalStore.delete)  # type: ignore[method-assign]
    rootfile._replace = counted(rootfile._replace)


def test_kill_9_anywhere_loses_nothing(folder: LocalStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every write and deletion of rotation and end: all is readable to old and new, and run again finishes."""
    monkeypatch.setattr("vault.rotation.FINISH_AFTER", timedelta(0))
    initialise(folder, create_root_key(path))
    keys = process(folder, path)
    for tenant in TENANTS:
        keys.create_tenant_keys(tenant)
    sealed = {tenant: keys.seal_secret(tenant, "p", b"secret") for tenant in TENANTS}
    signature = keys.signing.sign("p", b"m")
    old = frozen(folder, path)

    def all_readable(*readers: KeyStore) -> None:
        for reader in readers:
            assert {reader.open_secret(tenant, "p", value) for tenant, value in sealed.items()} == {b"secret"}
            reader.signing._recent._kept.clear()
            reader.signing.verify("p", b"m", signature)

    for deed, readers in ((rotate_root, (old,)), (finish_root, ())):
        # Once before each of its five steps; then again where the one before was cut short at its second step.
        for left in (0, 1, 1, 1, 1):
            assert killed(lambda deed=deed: deed(process(folder, path), path), left)  # type: ignore[misc]
            all_readable(process(folder, path), *readers)
        assert not killed(lambda deed=deed: deed(process(folder, path), path), 99)  # type: ignore[misc]
        all_readable(process(folder, path), *readers)
    assert not is_unfinished(process(folder, path), path)
    assert len({content(folder, info.name)["root_key"] for info in folder.list()}) == 1


def test_a_tenants_keyset_grows(tenant: UUID) -> None:
    """P5: what was sealed opens as before, what is sealed now takes the new key; a stale process learns of it."""
    elsewhere = key_store()
    sealed = elsewhere.seal_secret(tenant, "p", b"old")
    old = elsewhere.key_id(tenant)
    with write_object(document_store(), tenant, "documents", "old") as writer:
        writer.write(b"old")
    key_store.cache_clear()
    renewed = key_store().rotate_tenant_keys(tenant)
    assert renewed.key_ids == (old, renewed.key_id)
    fresh = key_store().seal_secret(tenant, "p", b"new")
    with write_object(document_store(), tenant, "documents", "new") as writer:
        writer.write(b"new")
    assert writer.written.key_id == renewed.key_id != old
    assert elsewhere.key_id(tenant) == old, "the other process still has the old keyset"
    assert [elsewhere.open_secret(tenant, "p", value) for value in (fresh, sealed)] == [b"new", b"old"]
    for name in (b"old", b"new"):
        assert read_object(document_store(), tenant, "documents", name.decode()).read() == name
    assert key_store().destroy_tenant_keys(tenant).key_ids == tuple(sorted((old, renewed.key_id)))


def test_a_stale_process_reads_objects_of_the_new_key(tenant: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """The object names its key: a process that does not know it looks at the store before it refuses."""
    stale = key_store()
    stale.tenant_keys(tenant)
    key_store.cache_clear()
    key_store().rotate_tenant_keys(tenant)
    with write_object(document_store(), tenant, "documents", "new") as writer:
        writer.write(b"new")
    monkeypatch.setattr("vault.streams.key_store", lambda: stale)
    assert read_object(document_store(), tenant, "documents", "new").read() == b"new"


def test_a_keyset_does_not_outgrow_kms(tenant: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """KMS wraps 4 KiB: the largest keyset fits, and the next rotation is refused with a reason."""
    keyset = key_store().tenant_keys(tenant).keyset
    for _ in range(29):
        keyset = keyset.grown()
    wrapped: list[int] = []

    class Measure:
        def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
            wrapped.append(len(plaintext))
            return plaintext

        decrypt = encrypt

    keyset.wrapped(Measure(), b"")
    assert len(keyset.key_ids) == 30
    assert wrapped[0] <= 4096
    monkeypatch.setattr("vault.keystore.MOST_KEYS", 1)
    with pytest.raises(RotationRefused, match="no more fit"):
        key_store().rotate_tenant_keys(tenant)


@pytest.fixture
def kms(aws: str, settings: Settings) -> Any:
    settings.KMS_ENDPOINT_URL = aws
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    return client("kms", endpoint=aws, region="ap-northeast-1")


def new_key(kms: Any) -> str:
    return f"aws-kms://{kms.create_key()['KeyMetadata']['Arn']}"


def test_from_a_file_to_kms_and_on_to_another_key(kms: Any, vault: Settings, tmp_path: Path, tenant: UUID) -> None:
    """VAULT_ROOT_KEY_PREVIOUS: the store says which root key counts, so restarting processes one by one is safe."""
    sealed = key_store().seal_secret(tenant, "p", b"secret")
    not_restarted = KeyStore(LocalStore(tmp_path / "keys"), open_root_keys(vault.VAULT_ROOT_KEY), kept_seconds=0)
    for old, new in ((vault.VAULT_ROOT_KEY, first := new_key(kms)), (first, new_key(kms))):
        vault.VAULT_ROOT_KEY, vault.VAULT_ROOT_KEY_PREVIOUS = new, old
        early = uuid4()
        key_store().create_tenant_keys(early)
        if old.startswith("file:"):
            assert not_restarted.key_id(early), "written under the root key that every process has"
        assert rotate_root(key_store(), None).new == new.removeprefix("aws-kms://")
        finish(key_store(), None)
        vault.VAULT_ROOT_KEY_PREVIOUS = ""
        assert key_store().open_secret(tenant, "p", sealed) == b"secret"
        assert key_store().key_id(early)
        with pytest.raises(RotationRefused, match="VAULT_ROOT_KEY_PREVIOUS"):
            rotate_root(key_store(), None)
    with pytest.raises(RootKeyRefused):
        not_restarted.tenant_keys(tenant)


def test_the_previous_key_must_be_there(vault: Settings, tmp_path: Path, tenant: UUID) -> None:
    """A forgotten setting is named before anything is written."""
    vault.VAULT_ROOT_KEY_PREVIOUS = f"file://{tmp_path}/nowhere.key"
    with pytest.raises(RootKeyMissing):
        key_store()
    vault.VAULT_ROOT_KEY_PREVIOUS = ""
    create_root_key(tmp_path / "other.key")
    vault.VAULT_ROOT_KEY = f"file://{tmp_path}/other.key"
    with pytest.raises(RootKeyRefused):
        key_store()
