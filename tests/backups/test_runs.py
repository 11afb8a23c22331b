"""Runs of all companies: one moment, several processes, and the archive of the platform (B1, B4)."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psutil
import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connections

from auditlog.models import AuditEvent
from backups import checks
from backups.content import archived_tables, platform_tables
from backups.errors import ArchiveDamaged, Cause
from backups.layout import PLATFORM_ID
from backups.manifest import Manifest, read_manifest
from backups.models import State
from backups.queries import archives_of_everybody
from backups.runs.models import PlatformArchive, Run, RunKind, RunState
from backups.runs.platform import GENERATIONS, apply_platform_generations, verify_platform_archive
from backups.runs.platformmanifest import PlatformManifest, read_platform_manifest
from backups.runs.queries import listed_platform_archives, platform_archives, recent_runs
from backups.runs.services import back_up_everybody
from backups.sites.tasks import copy_what_waits
from backups.verifying import read_table
from tenants.isolation.assets import Asset, Ownership, Retention, TableKind, declared_assets
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Stored
from tests.backups.processes import kill, run, start, table_locked, wait_until_blocked
from tests.backups.tampering import flip, names
from tests.conftest import EVERY_ROLE
from vault.keys import key_store
from vault.stores import backup_copy_store, backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def back_up() -> Run:
    """A whole run in this process, which must succeed."""
    report = back_up_everybody(RunKind.COMMAND)
    assert report is not None
    assert (report.run.state, report.run.error, report.failures) == (RunState.FINISHED, "", {})
    return report.run


def platform_manifest() -> PlatformManifest:
    """Of the newest archive of the platform."""
    with platform_transaction():
        archive = platform_archives()[0]
    assert archive.state == State.VERIFIED
    return read_platform_manifest(backup_store(), archive.place, sha256=archive.manifest_sha256)


def manifests() -> list[Manifest]:
    """Of all archives of companies."""
    return [read_manifest(backup_store(), archive.place) for archive in archives_of_everybody()]


def test_all_from_one_moment_by_several_processes(stored: Stored, neighbour: Stored) -> None:
    """B1: every archive of a run, the platform's too, sees the database as it was at one moment."""
    ended = run("backup", "run", "--all", "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    platform = platform_manifest()
    assert {(one.snapshot_at, one.lsn) for one in manifests()} == {(platform.snapshot_at, platform.lsn)}
    assert (told["run"]["companies"], told["run"]["failed"]) == (3, 0)
    assert told["run"]["platform_archive"] == str(platform.place.archive_id)
    (kept,) = recent_runs()
    listed = archives_of_everybody()
    assert {archive.run_id for archive in listed} == {kept.id}
    assert all(archive.seconds and archive.seconds > 0 for archive in listed)
    assert (kept.rows, kept.objects_count) == (sum(a.row_count for a in listed), 8)
    references = {one.place: one.manifest_sha256 for one in platform.archives}
    assert references == {archive.place: archive.manifest_sha256 for archive in listed}


def test_what_the_archive_of_the_platform_holds(stored: Stored, neighbour: Stored) -> None:
    """B4, T1: every row of the tables that no company's archive carries, and nothing that belongs to a customer."""
    before = {table.name: _rows_of(table.name) for table in platform_tables()}
    back_up()
    manifest = platform_manifest()
    text = {
        table.name: b"".join(read_table(backup_store(), manifest.place, table)).splitlines()
        for table in manifest.tables
    }
    assert {name: len(lines) for name, lines in text.items() if name != "backup_runs_run"} == {
        name: rows for name, rows in before.items() if name != "backup_runs_run"
    }
    assert sorted(line.split(b"\t")[0] for line in text["tenants_tenant"])
    assets = declared_assets()
    assert not [name for name in text if assets[name].archived or assets[name].ownership is Ownership.CUSTOMER]
    everything = b"\n".join(line for lines in text.values() for line in lines)
    for mine in (stored, neighbour):
        assert mine.admin.user.name.encode() not in everything
        assert mine.admin.user.password.encode() not in everything


def _rows_of(table: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_the_keys_of_the_platform_are_its_own(provider: Tenant) -> None:
    """B4: the keys of no company open it, not even those of the provider's own."""
    back_up()
    manifest = platform_manifest()
    assert set(manifest.key_ids) == {key_store().key_id(PLATFORM_ID)}
    assert key_store().key_id(PLATFORM_ID) != key_store().key_id(provider.id)


def test_the_keys_of_the_platform_are_renewed(provider: Tenant) -> None:
    """P5: the next archive is sealed with the new key, the old one opens as before; the provider's log says it."""
    back_up()
    companies_key, old = key_store().key_id(provider.id), platform_manifest()
    out = StringIO()
    call_command("keys", "rotate", "--platform", "--json", stdout=out)
    told = json.loads(out.getvalue())
    back_up()
    assert told["keys"][-2:] == [*old.key_ids, told["key_id"]]
    assert platform_manifest().key_ids == (told["key_id"],)
    assert key_store().key_id(provider.id) == companies_key
    with tenant_scope(provider.id):
        assert [verify_platform_archive(one, actor=ACTOR) for one in listed_platform_archives()] == [True, True]
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.get(action="keys.platform.rotated").target_label == told["key_id"]


def test_a_damaged_archive_of_the_platform(provider: Tenant) -> None:
    """B5: any flipped bit is seen, and named; the next one is sound."""
    back_up()
    with platform_transaction():
        archive = platform_archives()[0]
    flip(archive.place.small, -1)
    with tenant_scope(provider.id):
        assert not verify_platform_archive(archive, actor=ACTOR)
    assert "small.zst.enc: " + Cause.UNREADABLE.value in archive.error
    back_up()
    with platform_transaction():
        assert [one.state for one in platform_archives()] == [State.VERIFIED, State.DAMAGED]


def test_the_manifest_of_a_company_is_not_taken_for_the_platform(acme: Tenant) -> None:
    """B4: they are signed by the same key, but are not of the same form."""
    back_up()
    theirs, ours = manifests()[0].place, platform_manifest().place
    with backup_store().open(theirs.manifest) as reader:
        content = reader.read()
    backup_store().delete(ours.manifest)
    backup_store().put(ours.manifest, content)
    with pytest.raises(ArchiveDamaged) as caught:
        read_platform_manifest(backup_store(), ours)
    assert caught.value.cause is Cause.MALFORMED


def test_generations_of_the_platform(acme: Tenant) -> None:
    """B2: thirty verified ones; older ones go with everything of theirs."""
    back_up()
    with platform_transaction():
        real = platform_archives().get()
        now = real.created_at
        for day in range(1, GENERATIONS + 2):
            PlatformArchive(state=State.VERIFIED, created_at=now - timedelta(days=day)).save(force_insert=True)
        PlatformArchive.objects.filter(id=real.id).update(created_at=now - timedelta(days=100))
    assert names(real.place)
    with tenant_scope(acme.id):
        assert apply_platform_generations(actor=ACTOR) == 2
    assert names(real.place) == []
    with platform_transaction():
        assert platform_archives().count() == GENERATIONS


def test_the_second_site_of_the_platform(acme: Tenant, settings: LazySettings, tmp_path: Path) -> None:
    """B3: copied once, whole, and kept there though the catalogue lost it: there are too few newer ones."""
    settings.VAULT_BACKUP_COPY_STORE = f"file://{tmp_path}/second"
    back_up()
    place = platform_manifest().place
    copy_what_waits()
    copy_what_waits()
    store = backup_copy_store()
    assert store is not None
    assert [info.name for info in store.list(place.prefix)] == names(place)
    with platform_transaction():
        assert platform_archives().get().copied_at
        PlatformArchive.objects.all().delete()
    back_up()
    copy_what_waits()
    assert list(store.list(place.prefix))
    assert [info.name for info in store.list(platform_manifest().place.prefix)]


def test_a_moment_that_is_held_for_too_long(acme: Tenant, settings: LazySettings) -> None:
    """B1: vacuum waits for nobody longer than the settings say; the others get another moment."""
    settings.BACKUP_SNAPSHOT_MINUTES = 0
    back_up()
    assert len({one.lsn for one in manifests()} | {one.snapshot_at for one in manifests()}) > 3
    assert platform_manifest().snapshot_at == max(one.snapshot_at for one in manifests())


def test_a_killed_coordinator(stored: Stored, neighbour: Stored) -> None:
    """B1: its workers end with it; the next run goes on under the same name with those that have no archive yet."""
    with table_locked("documents_folder"):
        process = start("backup", "run", "--all")
        wait_until_blocked("documents_folder", process)
        kill(process)
    (dead,) = recent_runs()
    assert dead.state == RunState.RUNNING
    before = {archive.id for archive in archives_of_everybody()}
    assert back_up().id == dead.id
    assert len(recent_runs()) == 1
    after = archives_of_everybody()
    assert before <= {archive.id for archive in after}
    assert [archive.state for archive in after] == [State.VERIFIED] * 3


def test_a_killed_worker(stored: Stored, neighbour: Stored) -> None:
    """B1: its company gets a second chance, in another moment, by another process; the run ends sound."""
    with table_locked("documents_folder"):
        process = start("backup", "run", "--all", "--json")
        wait_until_blocked("documents_folder", process)
        workers = psutil.Process(process.pid).children()
        for worker in workers:
            worker.kill()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert len(workers) == 2
    told = json.loads(out)
    assert {one["company_code"]: one["state"] for one in told["companies"]} == dict.fromkeys(
        ["ACME", "GLOBEX", "PROVIDER"], State.VERIFIED
    )
    assert (told["run"]["state"], told["run"]["failed"]) == (RunState.FINISHED, 0)
    listed = archives_of_everybody()
    assert len(listed) == 3
    assert len({one.snapshot_at for one in listed}) == 2
    assert platform_manifest().snapshot_at == max(one.snapshot_at for one in manifests())


def test_a_run_that_died_yesterday(acme: Tenant) -> None:
    """B1: it is closed as failed, and today's is a new one."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with platform_transaction():
        Run(kind=RunKind.SCHEDULED, started_at=yesterday).save(force_insert=True)
    new = back_up()
    runs = recent_runs()
    assert [run.id for run in runs][:1] == [new.id]
    assert (runs[1].state, bool(runs[1].finished_at)) == (RunState.FAILED, True)
    assert "cut short" in runs[1].error


def test_a_leftover_of_the_platform(acme: Tenant) -> None:
    """B4: what a run that died while it wrote the archive of the platform left is removed."""
    back_up()
    with platform_transaction():
        archive = platform_archives().get()
        PlatformArchive.objects.update(state=State.RUNNING)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=True):
        back_up()
    assert names(archive.place) == []
    with platform_transaction():
        assert [one.id == archive.id for one in PlatformArchive.objects.all()] == [False]


def test_no_table_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """B1: a table without a place, or with two, or a customer's in the archive of the platform, is an error."""
    assert checks.no_table_is_forgotten() == []
    plain: Any = {"data_class": "x", "retention": Retention.unlimited(), "returned": False, "kind": TableKind.CONTROL}
    declared = {
        "nowhere": Asset(**plain, ownership=Ownership.PROVIDER, archived=False),
        "twice": Asset(**plain, ownership=Ownership.PROVIDER, archived=True, left_out="because"),
        "theirs": Asset(**plain, ownership=Ownership.CUSTOMER, archived=False, platform_archived=True),
    }
    monkeypatch.setattr(checks, "declared_assets", lambda: declared)
    assert [(error.id, error.msg.split()[0]) for error in checks.no_table_is_forgotten()] == [
        ("backups.E003", "nowhere"),
        ("backups.E004", "theirs"),
        ("backups.E003", "twice"),
    ]
    assert not {table.name for table in platform_tables()} & {table.name for table in archived_tables()}
