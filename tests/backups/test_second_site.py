"""Archives at a second site: brought whole, checked, mended, thinned out (B3)."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from auditlog.models import AuditEvent
from backups.generations import apply_generations
from backups.layout import archives_prefix
from backups.models import Archive
from backups.restoring import restore_archive
from backups.runs.models import PlatformArchive, RunKind
from backups.runs.services import back_up_everybody
from backups.sites.platform import copy_platform_archives
from backups.sites.queries import late_copies, uncopied
from backups.sites.services import Copied, copy_archives, verify_copy
from backups.sites.tasks import copy_what_waits
from backups.verifying import verify_archive
from documents.models import Document
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PlanCode
from tenants.queries import provider_scope
from tests.backups.conftest import ACTOR, Bucket, Stored
from tests.backups.processes import kill, run, start, table_locked, wait_until_blocked
from tests.backups.tampering import flip, names
from tests.conftest import EVERY_ROLE
from vault.stores import ObjectStore, backup_copy_store, backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture(autouse=True)
def second(settings: LazySettings, tmp_path: Path) -> None:
    """A second site beside the first."""
    settings.VAULT_BACKUP_COPY_STORE = f"file://{tmp_path}/second"


@pytest.fixture
def verified(archive: Archive) -> Archive:
    """A verified archive of ACME, not copied yet."""
    with tenant_scope(archive.tenant_id):
        assert verify_archive(archive, actor=ACTOR)
    return archive


def target() -> ObjectStore:
    """The second site."""
    store = backup_copy_store()
    assert store is not None
    return store


def everything(store: ObjectStore, prefix: str = "") -> dict[str, bytes]:
    """All objects of a store with their bytes."""
    found = {}
    for info in store.list(prefix):
        with store.open(info.name) as reader:
            found[info.name] = reader.read()
    return found


def copy(archive: Archive) -> Copied:
    """Copy what waits of the archive's company."""
    with tenant_scope(archive.tenant_id):
        return copy_archives(actor=ACTOR)


def reread(archive: Archive) -> Archive:
    """The archive as the catalogue has it now."""
    with tenant_transaction(archive.tenant_id):
        return Archive.objects.get(id=archive.id)


def actions(archive: Archive) -> list[str]:
    """What the log of the archive's company says of copies."""
    with tenant_transaction(archive.tenant_id):
        events = AuditEvent.objects.filter(action__contains="cop").order_by("id")
        return [event.action for event in events if event.action.startswith("backups.")]


def test_a_copy_is_the_same(verified: Archive, neighbour: Stored) -> None:
    """B3: every byte, once; the catalogue and the log know it; of another company nothing is there."""
    assert [waiting.tenant_id for waiting in uncopied()] == [verified.tenant_id]
    assert late_copies() == []
    done = copy(verified)
    expected = everything(backup_store(), f"tenants/{verified.tenant_id}/")
    assert everything(target()) == expected
    assert (done.archives, done.objects, done.failed) == ([verified.id], len(expected), {})
    assert done.bytes == sum(map(len, expected.values()))
    assert reread(verified).copied_at is not None
    assert uncopied() == []
    again = copy(verified)
    assert (again.archives, again.objects) == ([], 0)
    assert actions(verified) == ["backups.archive.copied"]


def test_the_first_site_is_lost(verified: Archive, settings: LazySettings) -> None:
    """B3, B6: the company is restored from the second site alone."""
    copy(verified)
    for info in list(backup_store().list()):
        backup_store().delete(info.name)
    settings.VAULT_BACKUP_STORE = settings.VAULT_BACKUP_COPY_STORE
    restored = restore_archive(verified, company_code="COPY", actor=ACTOR)
    with tenant_transaction(verified.tenant_id):
        before = set(Document.objects.values_list("name", flat=True))
    with tenant_transaction(restored.tenant.id):
        assert set(Document.objects.values_list("name", flat=True)) == before


def test_what_is_damaged_is_not_copied(verified: Archive) -> None:
    """B3, B5: a bit that turned at the first site does not get to the second, and nothing is listed there."""
    (users,) = names(verified.place, "manifest.json")
    largest = max(backup_store().list(f"tenants/{verified.tenant_id}/objects/"), key=lambda info: info.size).name
    flip(largest, -1)
    done = copy(verified)
    assert done.failed == {verified.id: f"{largest}: a part has another digest than the manifest says"}
    assert not target().exists(users)
    assert not target().exists(largest)
    assert reread(verified).copied_at is None
    assert actions(verified) == ["backups.copy.failed"]


def test_a_damaged_copy_is_found_and_mended(verified: Archive, settings: LazySettings) -> None:
    """B5: reading the second site names the flipped byte, and the next copying brings that object alone again."""
    copy(verified)
    largest = max(target().list(f"tenants/{verified.tenant_id}/objects/"), key=lambda info: info.size).name
    content = bytearray(everything(target())[largest])
    content[len(content) // 2] ^= 1
    target().delete(largest)
    target().put(largest, bytes(content))
    with tenant_scope(verified.tenant_id):
        assert largest in verify_copy(verified, actor=ACTOR)
    assert reread(verified).copied_at is None
    assert copy(verified).objects == 1
    with tenant_scope(verified.tenant_id):
        assert verify_copy(verified, actor=ACTOR) == ""
    assert everything(target()) == everything(backup_store())
    assert actions(verified) == [
        "backups.archive.copied",
        "backups.copy.damaged",
        "backups.archive.copied",
        "backups.copy.verified",
    ]


def test_generations_go_at_both_sites(stored: Stored, take: Callable[[], Archive]) -> None:
    """B2: what the plan does not keep goes at the second site, too, and not before it is replaced."""
    with platform_transaction():
        Tenant.objects.filter(id=stored.tenant.id).update(plan_code=PlanCode.TRIAL)
    first = take()
    with tenant_scope(stored.tenant.id):
        verify_archive(first, actor=ACTOR)
    copy(first)
    later = take()
    with tenant_scope(stored.tenant.id):
        verify_archive(later, actor=ACTOR)
        assert apply_generations(actor=ACTOR) == 1
    (there,) = {info.name.split("/")[3] for info in target().list(archives_prefix(stored.tenant.id))}
    assert there == str(first.id)  # it stays until the later one is here
    assert copy(later).removed == 1
    assert everything(target()) == everything(backup_store())
    assert actions(first)[-1] == "backups.copy.removed"


def test_the_second_site_outlives_the_first(verified: Archive) -> None:
    """B3: when catalogue and first site are emptied, by whomever, nothing goes at the second."""
    copy(verified)
    before = everything(target())
    with tenant_transaction(verified.tenant_id):
        Archive.objects.all().delete()
    for info in list(backup_store().list()):
        backup_store().delete(info.name)
    assert copy(verified).removed == 0
    assert everything(target()) == before


def test_killed_while_copying(verified: Archive, tmp_path: Path) -> None:
    """B3: kill -9 in the middle, and again before the catalogue knows; the next run ends it and repeats nothing."""
    largest = max(backup_store().list(f"tenants/{verified.tenant_id}/objects/"), key=lambda info: info.size).name
    path = tmp_path / "backups" / largest
    content = path.read_bytes()
    path.unlink()
    os.mkfifo(path)  # whoever reads it waits for ever
    process = start("backup", "copy", "--tenant", "ACME")
    writing = _opened(path)
    kill(process)
    os.close(writing)
    path.unlink()
    path.write_bytes(content)
    half = everything(target())
    assert 0 < len(half) < len(everything(backup_store()))
    assert not target().exists(verified.place.manifest)

    with table_locked("backups_archive", "SHARE"):
        process = start("backup", "copy", "--tenant", "ACME")
        wait_until_blocked("backups_archive", process)
        kill(process)
    assert reread(verified).copied_at is None
    assert everything(target()) == everything(backup_store())

    result = json.loads(run("backup", "copy", "--tenant", "ACME", "--json").stdout)
    assert (result[0]["archives"], result[0]["objects"]) == ([str(verified.id)], 0)
    assert reread(verified).copied_at is not None


def _opened(path: Path) -> int:
    """The writing end of a pipe, once somebody reads it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            os.sched_yield()
    raise AssertionError("nobody reads")


def test_a_locked_generation_stays_for_its_time(
    in_bucket: Bucket, settings: LazySettings, stored: Stored, take: Callable[[], Archive], tmp_path: Path
) -> None:
    """B3: a lock at the second site outlasts the plan; the archive stays whole there, and nothing fails."""
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/first"
    settings.VAULT_BACKUP_COPY_STORE = f"s3://{in_bucket.name}/copies"
    with platform_transaction():
        Tenant.objects.filter(id=stored.tenant.id).update(plan_code=PlanCode.TRIAL)
    first = take()
    with tenant_scope(stored.tenant.id):
        verify_archive(first, actor=ACTOR)
    copy(first)
    in_bucket.lock(f"copies/{first.place.manifest}")
    later = take()
    with tenant_scope(stored.tenant.id):
        verify_archive(later, actor=ACTOR)
        apply_generations(actor=ACTOR)
    assert copy(later).removed == 0
    settings.VAULT_BACKUP_STORE = settings.VAULT_BACKUP_COPY_STORE
    assert restore_archive(first, company_code="COPY", actor=ACTOR).objects == 4


def test_the_hourly_job(verified: Archive, neighbour: Stored, settings: LazySettings) -> None:
    """B3: it copies for those who have something waiting, and does nothing where there is one site."""
    copy_what_waits()
    assert reread(verified).copied_at is not None
    settings.VAULT_BACKUP_COPY_STORE = ""
    copy_what_waits()
    assert "VAULT_BACKUP_COPY_STORE" in run("backup", "copy", "--all").stderr


def test_the_platform_too(provider: Tenant, settings: LazySettings) -> None:
    """B3: archives of the platform are at the second site as well, whole and once; old ones go when enough follow."""
    back_up_everybody(RunKind.COMMAND)
    copy_what_waits()
    assert everything(target()) == everything(backup_store())
    with provider_scope(), platform_transaction():
        (archive,) = PlatformArchive.objects.all()
        assert archive.copied_at is not None
    with provider_scope():
        assert copy_platform_archives(actor=ACTOR).objects == 0
    flip(archive.place.small, -1)
    target().delete(archive.place.small)
    with platform_transaction():
        PlatformArchive.objects.update(copied_at=None)
    with provider_scope():
        done = copy_platform_archives(actor=ACTOR)
    assert done.failed == {archive.id: f"{archive.place.small}: a part has another digest than the manifest says"}
