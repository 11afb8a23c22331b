"""A store that fails in the middle of a run: nothing is listed that does not restore, and the next run repairs (B5)."""

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections

from backups import taking, verifying
from backups.errors import ArchiveDamaged, Cause
from backups.layout import archives_prefix
from backups.manifest import read_manifest
from backups.models import Archive, State
from backups.queries import archives
from backups.sites import services as sites
from backups.sites.services import copy_archives
from backups.taking import take_archive
from backups.verifying import check_parts, verify_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Stored
from tests.backups.tampering import rewrite_manifest
from tests.conftest import EVERY_ROLE
from tests.vault.faulty_store import Faults, FaultyStore, flipped
from vault.errors import StoreUnavailable
from vault.stores import backup_copy_store, backup_store, document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def listed(tenant: Tenant) -> list[Archive]:
    """The archives of a tenant, newest first."""
    with tenant_transaction(tenant.id):
        return list(archives())


def contents(tenant: Tenant) -> dict[str, int]:
    """The documents of a tenant as their store has them."""
    return {info.name: info.size for info in document_store().list(f"{tenant.id}/")}


def assert_all_is_well(stored: Stored, take: Callable[[], Archive], before: dict[str, int]) -> None:
    """What is listed restores, nothing was lost, and the next run is whole and leaves no rest of the failed one."""
    tenant = stored.tenant
    for archive in listed(tenant):
        check_parts(backup_store(), read_manifest(backup_store(), archive.place, sha256=archive.manifest_sha256))
    assert contents(tenant) == before
    again = take()
    with tenant_scope(tenant.id):
        assert verify_archive(again, actor=ACTOR)
    assert again in listed(tenant)
    prefix = archives_prefix(tenant.id)
    there = {info.name.removeprefix(prefix).split("/")[0] for info in backup_store().list(prefix)}
    assert there == {str(archive.id) for archive in listed(tenant)}
    with tenant_transaction(tenant.id):
        assert not Archive.objects.filter(state=State.RUNNING).exists()


def test_503_at_any_step(stored: Stored, take: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch) -> None:
    """B5: whichever request is the one that fails, and the tidying up after it, too, the archive is not listed."""
    before = contents(stored.tenant)
    for step in (1, 3, 5, 8, 12):
        store = FaultyStore(backup_store(), Faults(refuse_at=step, times=3))
        with monkeypatch.context() as patched:
            patched.setattr(taking, "backup_store", lambda store=store: store)
            with tenant_scope(stored.tenant.id), pytest.raises(StoreUnavailable, match="503 SlowDown"):
                take_archive(actor=ACTOR)
        assert listed(stored.tenant) == []
    assert_all_is_well(stored, take, before)


@contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes, as if the disk were full then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("size", [10, 2000, 100_000])
def test_a_full_disk(stored: Stored, take: Callable[[], Archive], size: int) -> None:
    """B5: the kernel itself refuses to write on, in a small part, in the list or in a large file."""
    before = contents(stored.tenant)
    sound = take()
    backup = {info.name for info in backup_store().list()}
    for info in list(backup_store().list(f"tenants/{stored.tenant.id}/objects/")):
        if info.size > 100_000:
            backup_store().delete(info.name)  # so that a large one is written again
            backup.discard(info.name)
    with disk_full_at(size), tenant_scope(stored.tenant.id), pytest.raises(StoreUnavailable, match="File too large"):
        take_archive(actor=ACTOR)
    assert {info.name for info in backup_store().list()} == backup
    assert listed(stored.tenant) == [sound]
    again = take()
    with tenant_scope(stored.tenant.id):
        assert verify_archive(again, actor=ACTOR)
        assert verify_archive(sound, actor=ACTOR)  # its missing content came back with the next run
    assert contents(stored.tenant) == before


@pytest.mark.parametrize(
    ("faults", "cause"),
    [
        (Faults(alter=flipped, only="small.zst.enc"), Cause.UNREADABLE),
        (Faults(alter=flipped, only="/objects/"), Cause.UNREADABLE),
        (Faults(alter=lambda _data: b"", only="small.zst.enc"), Cause.UNREADABLE),
        (Faults(alter=flipped, only="manifest.json"), None),
    ],
)
def test_a_store_that_lies(archive: Archive, faults: Faults, cause: Cause | None) -> None:
    """B5: what comes back is not what was written: named as such, whatever layer notices."""
    store = FaultyStore(backup_store(), faults)
    with pytest.raises(ArchiveDamaged) as caught:
        check_parts(store, read_manifest(store, archive.place))
    assert faults.only.strip("/") in caught.value.part
    assert caught.value.cause is cause or caught.value.cause in {Cause.MALFORMED, Cause.SIGNATURE}


@pytest.mark.parametrize(
    "faults",
    [Faults(cut_at=1000, only="/objects/"), Faults(refuse_at=3, times=99, answer="403 AccessDenied")],
    ids=["cut", "403"],
)
def test_a_store_that_breaks_off_is_no_damage(
    archive: Archive, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: a cut connection or a withdrawn right says nothing about the archive, so nothing is noted."""
    monkeypatch.setattr(verifying, "backup_store", lambda: FaultyStore(backup_store(), faults))
    with tenant_scope(archive.tenant_id), pytest.raises(StoreUnavailable, match=r"cut|403 AccessDenied"):
        verify_archive(archive, actor=ACTOR)
    with tenant_transaction(archive.tenant_id):
        found = Archive.objects.get(id=archive.id)
    assert (found.state, found.error) == (State.COMPLETE, "")


def test_the_second_site_fails_in_between(
    archive: Archive, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3, B5: an hour later it goes on where it was, and nothing is brought twice."""
    settings.VAULT_BACKUP_COPY_STORE = f"file://{tmp_path}/second"
    with tenant_scope(archive.tenant_id):
        verify_archive(archive, actor=ACTOR)
    target = backup_copy_store()
    assert target is not None
    whole, brought, failures = len(list(backup_store().list())), 0, 0
    for step in range(6, 60, 6):
        store = FaultyStore(target, Faults(refuse_at=step, times=1))
        with monkeypatch.context() as patched, tenant_scope(archive.tenant_id):
            patched.setattr(sites, "backup_copy_store", lambda store=store: store)
            try:
                copy_archives(actor=ACTOR)
            except StoreUnavailable:
                failures += 1
        there = len(list(target.list()))
        assert brought <= there <= whole
        brought = there
        if not store.faults.refused:
            break
    assert failures > 0
    assert {info.name for info in target.list()} == {info.name for info in backup_store().list()}


def test_a_slow_store_holds_no_transaction(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """B1, B5: while the store keeps us waiting during the copies ahead, no snapshot is held open in the database."""
    waits: list[tuple[str, int]] = []

    def slow(deed: str, name: str) -> None:
        if deed == "commit" and "/objects/" in name:
            waits.append((name, open_snapshots()))

    monkeypatch.setattr(taking, "backup_store", lambda: FaultyStore(backup_store(), Faults(before=slow)))
    with tenant_scope(stored.tenant.id):
        take_archive(actor=ACTOR)
    assert len(waits) == len(stored.files)
    assert {number for _name, number in waits} == {0}


def open_snapshots() -> int:
    """Transactions that hold vacuum back at this moment, seen from outside."""
    connection = connections["owner"].copy()
    with tenant_scope(None), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
        (number,) = cursor.fetchone()
    connection.close()
    return int(number)


HUGE = 2**61


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda m: m["tables"][0].update(name="../../etc/passwd"), Cause.MALFORMED),
        (lambda m: m.update(tenant="../x"), Cause.MALFORMED),
        (lambda m: m["small"]["plain"].update(bytes=HUGE), Cause.MALFORMED),
        (lambda m: m["small"]["cipher"].update(bytes=HUGE), Cause.SIZE),
        (lambda m: m["small"]["cipher"].update(bytes=-1), Cause.MALFORMED),
        (lambda m: m["small"]["cipher"].update(bytes=2**80), Cause.MALFORMED),
        (lambda m: m["objects"]["list"]["cipher"].update(bytes=HUGE), Cause.SIZE),
        (lambda m: m["objects"].update(count=HUGE), Cause.CONTENT),
        (lambda m: m["tables"].append({"name": "x" * 64}), Cause.MALFORMED),
    ],
)
def test_a_manifest_with_tricks(archive: Archive, change: Callable[[dict[str, Any]], Any], cause: Cause) -> None:
    """B4: even rightly signed: no path leads out, no size makes anybody reserve memory."""
    rewrite_manifest(archive.place, change, sign=True)
    with pytest.raises(ArchiveDamaged) as caught:
        check_parts(backup_store(), read_manifest(backup_store(), archive.place))
    assert caught.value.cause is cause
