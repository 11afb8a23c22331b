"""Keys of tenants: made, kept, bound to their place, destroyed (D7, P5, R1)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from vault import records
from vault.errors import (
    KeysAltered,
    KeyStoreEmpty,
    RootKeyMissing,
    RootKeyRefused,
    SecretUnreadable,
    TenantKeysDestroyed,
    TenantKeysExist,
    TenantKeysMissing,
)
from vault.keys import KeyStore, key_store, prepare_keys
from vault.keystore import initialise
from vault.primitives import Keyset, bind
from vault.root import create_root_key, open_root_keys
from vault.stores import LocalStore, ObjectStore


@pytest.fixture
def keys(store: ObjectStore, tmp_path: Path) -> KeyStore:
    """A key store in a folder, and one in a bucket."""
    root = create_root_key(tmp_path / "own.key")
    assert initialise(store, root)
    return KeyStore(store, root)


def edit(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def test_keys_survive_the_process(keys: KeyStore, store: ObjectStore, tmp_path: Path) -> None:
    """What one process sealed another opens, with nothing but the root key and the key store."""
    tenant = uuid4()
    made = keys.create_tenant_keys(tenant)
    sealed = keys.seal_secret(tenant, "mfa.totp", b"seed")
    other = KeyStore(store, open_root_keys(f"file://{tmp_path}/own.key"))
    assert other.open_secret(tenant, "mfa.totp", sealed) == b"seed"
    assert other.key_id(tenant) == made.key_id
    assert other.installation == keys.installation
    assert b"seed" not in sealed


def test_a_tenants_keys_are_made_once(keys: KeyStore) -> None:
    """New keys over old ones would make everything unreadable; the second request is refused."""
    tenant = uuid4()
    assert not keys.has_tenant_keys(tenant)
    with pytest.raises(TenantKeysMissing):
        keys.tenant_keys(tenant)
    first = keys.create_tenant_keys(tenant)
    assert keys.has_tenant_keys(tenant)
    with pytest.raises(TenantKeysExist):
        keys.create_tenant_keys(tenant)
    assert keys.key_id(tenant) == first.key_id


def test_a_secret_opens_for_its_tenant_and_purpose_only(keys: KeyStore) -> None:
    """Moved to another row or another column, a sealed secret is refused (T1)."""
    one, two = uuid4(), uuid4()
    keys.create_tenant_keys(one)
    keys.create_tenant_keys(two)
    sealed = keys.seal_secret(one, "mfa.totp", b"seed")
    assert keys.seal_secret(one, "mfa.totp", b"seed") != sealed
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for tenant, purpose, value in (
        (two, "mfa.totp", sealed),
        (one, "sso.secret", sealed),
        (one, "mfa.totp", altered),
        (one, "mfa.totp", sealed[:-1]),
        (one, "mfa.totp", b""),
    ):
        with pytest.raises(SecretUnreadable):
            keys.open_secret(tenant, purpose, value)


def test_destroyed_keys_are_gone(keys: KeyStore, store: ObjectStore, tmp_path: Path) -> None:
    """R1: after the destruction nobody opens anything of the tenant, and the other tenant notices nothing."""
    tenant, other = uuid4(), uuid4()
    key_id = keys.create_tenant_keys(tenant).key_id
    keys.create_tenant_keys(other)
    sealed = keys.seal_secret(tenant, "p", b"x")
    destroyed = keys.destroy_tenant_keys(tenant)
    assert (destroyed.key_ids, destroyed.versions) == ((key_id,), 1)
    assert not keys.has_tenant_keys(tenant)
    assert [info.name for info in store.list(f"tenants/{tenant}")] == []
    for process in (keys, KeyStore(store, open_root_keys(f"file://{tmp_path}/own.key"))):
        with pytest.raises(TenantKeysMissing):
            process.open_secret(tenant, "p", sealed)
        process.seal_secret(other, "p", b"x")
    with pytest.raises(TenantKeysMissing):
        keys.destroy_tenant_keys(tenant)
    assert keys.destroyed(tenant) == destroyed
    with pytest.raises(TenantKeysDestroyed):
        keys.create_tenant_keys(tenant)
    assert not keys.has_tenant_keys(tenant)


def test_other_processes_hear_of_a_destruction(
    keys: KeyStore, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that holds the keys looks again after 30 seconds, and not before."""
    clock = [1000.0]
    monkeypatch.setattr(records, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    tenant = uuid4()
    keys.create_tenant_keys(tenant)
    other = KeyStore(store, open_root_keys(f"file://{tmp_path}/own.key"))
    other.tenant_keys(tenant)
    keys.destroy_tenant_keys(tenant)
    clock[0] += 29
    other.tenant_keys(tenant)
    clock[0] += 2
    with pytest.raises(TenantKeysMissing):
        other.tenant_keys(tenant)


def test_unchanged_keys_are_not_unwrapped_again(
    keys: KeyStore, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unwrapping may be a paid request to KMS: one a process and tenant, not one every 30 seconds."""
    clock = [1000.0]
    monkeypatch.setattr(records, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    tenant = uuid4()
    held = keys.create_tenant_keys(tenant)
    clock[0] += 3600
    assert keys.tenant_keys(tenant) is held


def test_a_rotation_elsewhere_is_seen(keys: KeyStore, store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version of a record counts for every process, half a minute later at most (P5)."""
    clock = [1000.0]
    monkeypatch.setattr(records, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    tenant = uuid4()
    old = keys.create_tenant_keys(tenant)
    destination = records.Records(store, f"tenants/{tenant}")
    newer = Keyset.new_aead()
    keys.wrapping.write(destination, keys.kind(tenant), 2, newer, {}, keys.wrapping.current())
    assert keys.key_id(tenant) == old.key_id
    clock[0] += 31
    assert keys.key_id(tenant) == newer.primary_id


def test_bound_parts_cannot_be_shifted() -> None:
    """`ab` and `c` is another place than `a` and `bc`."""
    places = {bind("p", "ab", "c"), bind("p", "a", "bc"), bind("p", "abc"), bind("pa", "b", "c"), bind("p", "abc", "")}
    assert len(places) == 5


def test_few_tenants_are_held(folder: LocalStore) -> None:
    """The cache has a bound, and drops whom nobody asked for longest."""
    loaded: list[str] = []

    def load(key: str, stamp: records.Stamp) -> str:
        loaded.append(key)
        return key.upper()

    recent = records.RecentlyUsed(lambda _: (), load, seconds=60, size=2)
    assert [recent.get(key) for key in ("a", "b", "a", "c", "a", "b")] == ["A", "B", "A", "C", "A", "B"]
    assert loaded == ["a", "b", "c", "b"]


def test_the_wrong_root_key_is_named(store: ObjectStore, keys: KeyStore, tmp_path: Path) -> None:
    """A restored machine with the wrong root key says so at once, with both ids."""
    wrong = KeyStore(store, create_root_key(tmp_path / "wrong.key"))
    with pytest.raises(RootKeyRefused, match="file:"):
        wrong.check()
    with pytest.raises(RootKeyRefused):
        wrong.create_tenant_keys(uuid4())


def test_an_empty_key_store_is_named(tmp_path: Path, folder: LocalStore) -> None:
    """The wrong folder looks empty; nothing is made in it by itself."""
    with pytest.raises(KeyStoreEmpty, match="keys init"):
        KeyStore(folder, create_root_key(tmp_path / "own.key")).create_tenant_keys(uuid4())
    assert list(folder.list()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.update(format="sekisho-tenant-keys-9"),
        lambda record: record.update(version=2),
        lambda record: record.update(keyset=record["keyset"][:-8] + "AAAAAAA="),
        lambda record: record.update(keyset="AAAA"),
        lambda record: record.update(keyset="%"),
        lambda record: record.pop("keyset"),
        lambda record: record.pop("version"),
    ],
)
def test_altered_records_are_refused(tenant: UUID, tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Whoever can write the key store still cannot make us use other keys."""
    edit(tmp_path / f"keys/tenants/{tenant}/1.json", change)
    key_store.cache_clear()
    with pytest.raises(KeysAltered):
        key_store().tenant_keys(tenant)


def test_keys_copied_to_another_tenant_are_refused(tenant: UUID, tmp_path: Path) -> None:
    """The wrapping binds the tenant: keys moved to its neighbour do not open (T1)."""
    neighbour = uuid4()
    source = tmp_path / f"keys/tenants/{tenant}/1.json"
    target = tmp_path / f"keys/tenants/{neighbour}/1.json"
    target.parent.mkdir()
    target.write_bytes(source.read_bytes())
    with pytest.raises(KeysAltered):
        key_store().tenant_keys(neighbour)


def test_another_installation_record_is_refused(tenant: UUID, tmp_path: Path) -> None:
    """The installation cannot be renamed behind our back."""
    edit(tmp_path / "keys/installation/1.json", lambda record: record.update(installation=str(uuid4())))
    key_store.cache_clear()
    with pytest.raises(KeysAltered):
        key_store()


def test_everything_is_made_at_first_use_outside_production(vault: Settings, tmp_path: Path) -> None:
    """`make demo` needs no key ceremony, and processes that start together agree."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: prepare_keys(), range(8)))
    assert sorted(name for names in made for name in names) == ["key_store", "root_key"]
    assert key_store().installation


def test_production_never_makes_keys_by_itself(vault: Settings, tmp_path: Path) -> None:
    """A missing root key or key store stops the start, and says what to do."""
    (tmp_path / "keys").mkdir()
    vault.PRODUCTION = True
    with pytest.raises(RootKeyMissing, match="keys init"):
        key_store()
    assert not (tmp_path / "root").exists()
    assert prepare_keys() == ["root_key", "key_store"]
    assert key_store().installation
    assert prepare_keys() == []


def test_a_lost_root_key_is_not_replaced(tenant: UUID, tmp_path: Path) -> None:
    """A fresh root key could open nothing; the message asks for the escrow (P5)."""
    (tmp_path / "rootkey/root.key").unlink()
    key_store.cache_clear()
    with pytest.raises(RootKeyMissing, match="escrow"):
        key_store()
    assert not (tmp_path / "rootkey/root.key").exists()
