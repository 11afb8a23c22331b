"""How many archives are kept (B2)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from auditlog.models import AuditEvent
from backups.generations import apply_generations, beyond, japanese_day
from backups.layout import ArchivePlace, objects_prefix
from backups.models import Archive, State
from backups.queries import archives
from backups.removal import prune
from backups.services import back_up
from backups.taking import take_archive
from backups.verifying import verify_archive
from documents.contents import delete_document
from documents.models import Document
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PLANS, PlanCode
from tests.backups.conftest import ACTOR, Bucket, Stored
from tests.backups.tampering import flip, names
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from vault.errors import ObjectRetained
from vault.stores import LocalStore, backup_store

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def listing(*states: str, hours_apart: float = 24) -> list[Archive]:
    """Archives, newest first, by the initials of their states."""
    found = {state.value[0]: state for state in State}
    return [
        Archive(id=uuid4(), tenant_id=uuid4(), state=found[initial], created_at=NOW - timedelta(hours=hours_apart) * n)
        for n, initial in enumerate("".join(states))
    ]


def kept(listed: list[Archive], generations: int) -> str:
    """What stays, by the initials of the states."""
    gone = {archive.id for archive in beyond(listed, generations)}
    return "".join(archive.state[0] for archive in listed if archive.id not in gone)


@pytest.mark.parametrize("plan", PlanCode)
def test_a_plan_keeps_its_number(plan: PlanCode) -> None:
    """B2: 1, 7 or 30 by plan, the newest ones."""
    generations = PLANS[plan].generations
    listed = listing("v" * 40)
    assert beyond(listed, generations) == listed[generations:]


def test_only_verified_ones_count() -> None:
    """B2: neither a damaged one nor one that nobody has checked pushes a good one out."""
    assert kept(listing("ddcdv"), 1) == "ddcdv"
    assert kept(listing("dvdvdvdv"), 2) == "dvdv"


def test_with_too_few_good_ones_everything_stays() -> None:
    """B2: what is damaged today may be readable again tomorrow; the last hope is not thrown away."""
    assert kept(listing("dddd"), 1) == "dddd"
    assert kept(listing("vddvdd"), 3) == "vddvdd"
    assert kept(listing("vddvdd"), 2) == "vddv"


def test_many_in_one_day_do_not_push_the_week_out() -> None:
    """B2: a backup by hand every hour leaves the last one of each of seven days, and the newest seven."""
    today, before = listing("v" * 10, hours_apart=0.1), listing("v" * 12)[1:]
    left = [archive for archive in today + before if archive not in beyond(today + before, 7)]
    assert left == today[:7] + before[:6]


@given(st.lists(st.tuples(st.sampled_from(list(State)[1:]), st.integers(0, 200)), max_size=60), st.integers(1, 30))
def test_the_last_good_one_is_never_removed(history: list[tuple[State, int]], generations: int) -> None:
    """B2: whatever happened before, the newest verified ones stay, and never more than twice the number of verified."""
    listed = [
        Archive(id=uuid4(), tenant_id=uuid4(), state=state, created_at=NOW - timedelta(hours=hours))
        for state, hours in sorted(history, key=lambda entry: entry[1])
    ]
    gone = {archive.id for archive in beyond(listed, generations)}
    verified = [archive for archive in listed if archive.state == State.VERIFIED]
    assert not gone & {archive.id for archive in verified[:generations]}
    assert len([archive for archive in verified if archive.id not in gone]) < 2 * generations + 1


def test_a_day_begins_in_japan() -> None:
    """B2: the nightly run at 02:30 belongs to its own Japanese day, although it is still yesterday in UTC."""
    archive = Archive(id=uuid4(), tenant_id=uuid4(), created_at=datetime(2026, 11, 21, 17, 30, tzinfo=UTC))
    assert japanese_day(archive).isoformat() == "2026-11-22"


database = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def _back_up(tenant: Tenant, days: int) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True), tenant_scope(tenant.id):
        assert back_up(actor=ACTOR).verified


def names_of_objects(tenant: Tenant) -> list[str]:
    """The contents in the backup store."""
    return [info.name for info in backup_store().list(objects_prefix(tenant.id))]


@database
@pytest.mark.parametrize(("plan", "left"), [(PlanCode.TRIAL, 1), (PlanCode.STANDARD, 7)])
def test_older_generations_go_from_store_and_catalogue(acme: Tenant, plan: PlanCode, left: int) -> None:
    """B2: after a verified run, with an entry in the log for each."""
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(plan_code=plan)
    for day in range(9):
        _back_up(acme, day)
    with tenant_transaction(acme.id):
        listed = list(archives())
        removed = AuditEvent.objects.filter(action="backups.archive.removed").count()
    assert (len(listed), removed) == (left, 9 - left)
    stored = {UUID(info.name.split("/")[3]) for info in backup_store().list(f"tenants/{acme.id}/archives/")}
    assert stored == {archive.id for archive in listed}


@database
def test_a_damaged_run_removes_nothing(stored: Stored, take: Callable[[], Archive]) -> None:
    """B2, B5: a run that ends damaged leaves the older generations alone, even those beyond the plan."""
    _back_up(stored.tenant, 0)
    _back_up(stored.tenant, 0)
    with platform_transaction():
        Tenant.objects.filter(id=stored.tenant.id).update(plan_code=PlanCode.TRIAL)
    largest = max(backup_store().list(objects_prefix(stored.tenant.id)), key=lambda info: info.size).name
    flip(largest, -1)
    with tenant_scope(stored.tenant.id):
        done = back_up(actor=ACTOR)
    assert (done.verified, done.removed) == (False, 0)
    with tenant_transaction(stored.tenant.id):
        assert [archive.state for archive in archives()] == [State.DAMAGED, State.VERIFIED, State.VERIFIED]


@database
def test_contents_go_with_the_last_archive_that_needs_them(stored: Stored, take: Callable[[], Archive]) -> None:
    """B2: each content is stored once, kept for older generations after its deletion, and removed with the last one."""
    with platform_transaction():
        Tenant.objects.filter(id=stored.tenant.id).update(plan_code=PlanCode.TRIAL)
    take()

    def objects() -> int:
        return len(names_of_objects(stored.tenant))

    assert objects() == 4
    with tenant_transaction(stored.tenant.id):
        delete_document(Document.objects.get(name="empty.txt"), actor=ACTOR)
    with tenant_scope(stored.tenant.id):
        take()
        assert apply_generations(actor=ACTOR) == 0
        assert objects() == 4
        done = back_up(actor=ACTOR)
    assert (done.removed, objects(), done.archive.object_count) == (2, 3, 3)


@database
def test_contents_that_a_dead_run_left_go(stored: Stored, take: Callable[[], Archive]) -> None:
    """B2: what no archive came to list goes with the next run, also when that removes no generation."""
    take()
    listed = names_of_objects(stored.tenant)
    backup_store().put(f"{objects_prefix(stored.tenant.id)}documents/{uuid4()}", b"copied, then the run died")
    _back_up(stored.tenant, 1)
    assert names_of_objects(stored.tenant) == listed


@database
def test_contents_are_kept_while_a_list_cannot_be_read(stored: Stored, take: Callable[[], Archive]) -> None:
    """B2: when it is not certain that nobody needs a content, it stays."""
    damaged = take()
    with tenant_transaction(stored.tenant.id):
        delete_document(Document.objects.get(name="empty.txt"), actor=ACTOR)
    (name,) = names(damaged.place, "objects.zst.enc")
    flip(name, -1)
    with tenant_scope(stored.tenant.id):
        take_archive(actor=ACTOR)
        apply_generations(actor=ACTOR)
    assert len(names_of_objects(stored.tenant)) == 4


@database
def test_unfinished_archives_that_nobody_knows_are_pruned(acme: Tenant, archive: Archive) -> None:
    """B2: what a run left whose catalogue entry was lost, after a day and not before."""
    place = ArchivePlace(acme.id, uuid4())
    backup_store().put(place.table("accounts_user"), b"half")
    with tenant_scope(acme.id):
        assert prune(backup_store()) == 0
    _back_up(acme, 2)
    assert not names(place)
    with tenant_scope(acme.id):
        assert prune(backup_store()) == 0
    assert names(archive.place)


@database
@pytest.mark.parametrize("part", ["manifest.json", "small.zst.enc"])
def test_what_the_store_has_to_keep(in_bucket: Bucket, acme: Tenant, part: str) -> None:
    """B3: a lock on an old generation is no failure, and whatever stays listed is whole."""
    make_person(acme, "anna")
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(plan_code=PlanCode.TRIAL)
    _back_up(acme, 0)
    with tenant_transaction(acme.id):
        (locked,) = names(archives().get().place, part)
    in_bucket.lock(locked)
    _back_up(acme, 1)
    with tenant_transaction(acme.id):
        listed = list(archives())
    for archive in listed:
        with tenant_scope(acme.id):
            assert verify_archive(archive, actor=ACTOR)
    _back_up(acme, 2)
    assert in_bucket.s3.list_object_versions(Bucket=in_bucket.name, Prefix=locked)["Versions"]


@database
def test_what_the_store_keeps_in_sight(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: a store that refuses to delete and hides nothing: the old generation stays listed until it lets go."""
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(plan_code=PlanCode.TRIAL)

    def refusing(_store: LocalStore, name: str) -> None:
        raise ObjectRetained(name, "for a while")

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "delete", refusing)
        _back_up(acme, 0)
        _back_up(acme, 1)
        with tenant_transaction(acme.id):
            assert [archive.state for archive in archives()] == [State.VERIFIED] * 2
    _back_up(acme, 2)
    with tenant_transaction(acme.id):
        assert archives().count() == 1


@database
def test_what_is_not_ours_is_left_alone(archive: Archive) -> None:
    """B2: a stray object among the archives neither stops the run nor is touched."""
    stray = f"tenants/{archive.tenant_id}/archives/README.txt"
    backup_store().put(stray, b"hello")
    with tenant_scope(archive.tenant_id):
        assert back_up(actor=ACTOR).verified
    assert backup_store().exists(stray)


@database
def test_a_removal_that_dies_is_carried_on(archive: Archive, take: Callable[[], Archive]) -> None:
    """B2: unlisted first, then the manifest, then the rest: wherever it stops, nothing broken is listed."""
    with tenant_transaction(archive.tenant_id):
        Archive.objects.filter(id=archive.id).update(state=State.RUNNING)
    backup_store().delete(archive.place.manifest)
    with tenant_transaction(archive.tenant_id):
        assert not archives().exists()
    again = take()
    assert not names(archive.place)
    with tenant_transaction(archive.tenant_id):
        assert list(archives()) == [again]
