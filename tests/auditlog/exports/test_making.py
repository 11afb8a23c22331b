"""From an order to its file: once, by its own tenant, whatever dies on the way (G2)."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.menus import ADMINISTRATOR
from accounts.models import UserRole
from auditlog.exports import making, outstanding, tasks
from auditlog.exports.models import FILE_DAYS, AuditExport, ExportProblem, ExportState
from auditlog.exports.ordering import cancel_export, order_again, order_export
from auditlog.models import AuditEvent
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.exports.conftest import content_of, ordered, refreshed, stored, today
from tests.auditlog.exports.test_csvlog import keys_of
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person, make_person
from vault.errors import StoreUnavailable
from vault.stores.local import LocalStore

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture
def admin(acme: Tenant) -> Person:
    """An administrator of ACME."""
    return make_person(acme, "alice", ADMINISTRATOR)


def recorded(tenant: Tenant, action: str) -> list[AuditEvent]:
    """The events of that action."""
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(action=f"auditlog.export.{action}").order_by("at"))


def run(row: AuditExport) -> bool:
    """The job, as a worker runs it."""
    with tenant_scope(row.tenant_id):
        return bool(tasks.make_export(str(row.id)))


def test_an_order_becomes_a_file(admin: Person, acme: Tenant, globex: Tenant) -> None:
    """G2, T1: with the company's events alone, encrypted, digested, signed, and recorded with who ordered it."""
    own = [write(acme) for _ in range(3)]
    theirs = write(globex)
    row = ordered(acme, admin.actor)
    content = content_of(row)

    assert row.state == ExportState.READY
    assert set(keys_of(content)) >= {str(event.id) for event in own}
    with tenant_transaction(globex.id):
        others = {str(key) for key in AuditEvent.objects.values_list("id", flat=True)}
    assert str(theirs.id) in others
    assert set(keys_of(content)) & others == set()
    assert (row.size, row.done, row.total) == (len(content), len(keys_of(content)), len(keys_of(content)))
    said = json.loads((row.signature or {})["statement"])
    assert (said["sha256"], said["size"], said["tenant"]) == (row.sha256, row.size, str(acme.id))
    (asked,), (done,) = recorded(acme, "requested"), recorded(acme, "completed")
    assert (asked.actor_id, done.actor_id) == (admin.user.id, admin.user.id)
    assert done.after is not None
    assert done.after["sha256"] == row.sha256
    assert stored(acme) == {str(row.run)}
    assert stored(globex) == set()


def test_a_job_that_comes_twice(admin: Person, acme: Tenant) -> None:
    """G2: the second one has nothing to do."""
    row = ordered(acme, admin.actor)
    assert run(row) is False
    assert refreshed(row) == row
    assert stored(acme) == {str(row.run)}


@pytest.mark.usefixtures("jobs_wait")
def test_only_so_many_at_once(admin: Person, acme: Tenant, globex: Tenant) -> None:
    """G2: two of a company; another one's do not count, and one that was cancelled makes room."""
    gina = make_person(globex, "gina", ADMINISTRATOR)
    first, _second, _theirs = ordered(acme, admin.actor), ordered(acme, admin.actor), ordered(globex, gina.actor)
    with pytest.raises(ValidationError, match="2 exports are being written"):
        ordered(acme, admin.actor)
    with tenant_transaction(acme.id):
        cancel_export(first, actor=admin.actor)
    assert ordered(acme, admin.actor).state == ExportState.QUEUED


def test_what_cannot_be_ordered(admin: Person, inside_acme: Tenant) -> None:
    """G2: an unknown format; proof of a part of a period."""
    with pytest.raises(ValidationError, match="one of the formats"):
        order_export(today(), form="xlsx", conditions={}, actor=admin.actor)
    with pytest.raises(ValidationError, match="the whole period"):
        order_export(today(), form="jsonl", conditions={"kind": ["data"]}, actor=admin.actor)
    assert list(AuditExport.objects.all()) == []


@pytest.mark.usefixtures("jobs_wait")
def test_cancelled_in_the_middle(admin: Person, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: the worker notices at its next sign of life, and leaves nothing; the order can be given again."""
    row = ordered(acme, admin.actor)
    monkeypatch.setattr(making, "_BEAT_SECONDS", 0)
    beat = making._beat

    def cancelled_meanwhile(ours: AuditExport, source: making.Source) -> None:
        beat(ours, source)
        with tenant_transaction(acme.id):
            current = AuditExport.objects.get(id=ours.id)
            if current.is_open:
                cancel_export(current, actor=admin.actor)

    monkeypatch.setattr(making, "_beat", cancelled_meanwhile)
    assert run(row) is False
    assert refreshed(row).state == ExportState.CANCELLED
    assert stored(acme) == set()

    monkeypatch.setattr(making, "_beat", beat)
    with tenant_transaction(acme.id):
        order_again(refreshed(row), actor=admin.actor)
    assert run(row) is True
    assert refreshed(row).state == ExportState.READY
    with pytest.raises(ValidationError), tenant_transaction(acme.id):
        order_again(refreshed(row), actor=admin.actor)
    with pytest.raises(ValidationError), tenant_transaction(acme.id):
        cancel_export(refreshed(row), actor=admin.actor)


@pytest.mark.usefixtures("jobs_wait")
def test_a_worker_that_was_given_up_changes_nothing(
    admin: Person, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G2: it was silent for too long; when it comes to, another one has the order, and its own file goes."""
    row = ordered(acme, admin.actor)
    finish = making._finish

    def overtaken(ours: AuditExport, *rest: object, **named: object) -> None:
        monkeypatch.setattr(making, "_finish", finish)
        with time_machine.travel(timezone.now() + timedelta(minutes=4)):
            assert tasks.catch_up() == 1
            assert run(row) is True
        finish(ours, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "_finish", overtaken)
    assert run(row) is False
    done = refreshed(row)
    assert (done.state, done.attempts) == (ExportState.READY, 2)
    assert stored(acme) == {str(done.run)}
    assert len(recorded(acme, "completed")) == 1


@pytest.mark.usefixtures("jobs_wait")
def test_a_right_that_was_lost(admin: Person, acme: Tenant) -> None:
    """ASVS 8.3.3: the job has the rights of the person whose work it does."""
    row = ordered(acme, admin.actor)
    with tenant_transaction(acme.id):
        UserRole.objects.filter(user=admin.user).delete()
    assert run(row) is True
    assert (refreshed(row).state, refreshed(row).problem) == (ExportState.FAILED, ExportProblem.RIGHT_LOST)
    assert stored(acme) == set()
    (failed,) = recorded(acme, "failed")
    assert failed.outcome == "failure"


@pytest.mark.usefixtures("jobs_wait")
def test_conditions_of_an_older_release(admin: Person, acme: Tenant) -> None:
    """G2: an export that would hold more than was asked for fails."""
    row = ordered(acme, admin.actor, outcome=["splendid"])
    assert run(row) is True
    assert (refreshed(row).state, refreshed(row).problem) == (ExportState.FAILED, ExportProblem.CONDITIONS)


@pytest.mark.usefixtures("jobs_wait")
def test_a_store_that_is_away(admin: Person, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: tried again some minutes later, three times; then the order says why it failed."""

    def refuse(_self: LocalStore, name: str) -> None:
        raise StoreUnavailable(name, "the disk is full")

    row, now = ordered(acme, admin.actor), timezone.now()
    monkeypatch.setattr(LocalStore, "writer", refuse)
    states = []
    for minutes in (0, 4, 8):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            assert tasks.catch_up() == (1 if minutes else 0)
            with pytest.raises(StoreUnavailable):
                run(row)
            states.append(refreshed(row).state)
    assert states == [ExportState.QUEUED, ExportState.QUEUED, ExportState.FAILED]
    assert refreshed(row).problem == ExportProblem.STORAGE
    with time_machine.travel(now + timedelta(minutes=12)):
        assert tasks.catch_up() == 0


@pytest.mark.usefixtures("jobs_wait")
def test_an_order_that_kills_its_workers(admin: Person, acme: Tenant) -> None:
    """G2: a fourth worker does not try."""
    row = ordered(acme, admin.actor)
    with tenant_transaction(acme.id):
        AuditExport.objects.filter(id=row.id).update(attempts=3)
    assert run(row) is True
    assert (refreshed(row).state, refreshed(row).problem) == (ExportState.FAILED, ExportProblem.INTERRUPTED)


def test_a_file_goes_after_its_days(admin: Person, acme: Tenant, globex: Tenant) -> None:
    """G2: seven days, then the job removes it, once; a month later the order goes too."""
    gina = make_person(globex, "gina", ADMINISTRATOR)
    row, theirs, now = ordered(acme, admin.actor), ordered(globex, gina.actor), timezone.now()
    with tenant_transaction(globex.id):
        AuditExport.objects.update(expires_at=now + timedelta(days=FILE_DAYS, hours=2))
    with time_machine.travel(now + timedelta(days=FILE_DAYS, seconds=-5)):
        assert refreshed(row).has_file
        assert tasks.clear_away() == 0
    with time_machine.travel(now + timedelta(days=FILE_DAYS, seconds=5)):
        assert not refreshed(row).has_file
        assert tasks.clear_away() == 1
        assert tasks.clear_away() == 0
    assert refreshed(row).state == ExportState.REMOVED
    assert stored(acme) == set()
    assert stored(globex) == {str(theirs.run)}
    assert len(recorded(acme, "removed")) == 1
    with tenant_transaction(acme.id):
        AuditExport.objects.update(requested_at=now - timedelta(days=30, seconds=5))
    tasks.clear_away()
    with tenant_transaction(acme.id):
        assert not AuditExport.objects.exists()


def test_killed_while_files_go(admin: Person, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: the file is gone, its row does not say so yet; the next run does."""
    row = ordered(acme, admin.actor)
    with time_machine.travel(timezone.now() + timedelta(days=FILE_DAYS, seconds=5)):
        with monkeypatch.context() as killed:
            killed.setattr(outstanding, "_note_removed", lambda *_args, **_named: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                tasks.clear_away()
        assert stored(acme) == set()
        assert refreshed(row).state == ExportState.READY
        tasks.clear_away()
    assert refreshed(row).state == ExportState.REMOVED
    assert len(recorded(acme, "removed")) == 1
