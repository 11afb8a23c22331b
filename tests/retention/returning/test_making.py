"""From the wish to the files: once, by its own company, whatever dies on the way (R3)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import UserRole
from auditlog.models import AuditEvent
from retention.returning import making, outstanding, tasks
from retention.returning.asking import KEPT, ask_return, cancel_return, remove_files
from retention.returning.models import FILE_DAYS, DataReturn, ReturnProblem, ReturnState
from retention.returning.objects import BlockShelf
from retention.returning.progress import Progress
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State, Tenant
from tests.backups.conftest import Stored
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person
from tests.retention.returning.conftest import asked, listed, part_of, refreshed, runs_in_store, unpacked
from vault.errors import StoreUnavailable
from vault.stores.local import LocalStore

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture
def admin(cast: Cast) -> Person:
    """An administrator of ACME, which has no files here."""
    return cast.admin


def recorded(tenant: Tenant, action: str) -> list[AuditEvent]:
    """The events of that action."""
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(action=f"retention.return.{action}").order_by("at"))


def run(row: DataReturn) -> bool:
    """The job, as a worker runs it."""
    with tenant_scope(row.tenant_id):
        return bool(tasks.make_return(str(row.id)))


def test_a_wish_becomes_files_and_a_mail(company: Stored, globex: Tenant) -> None:
    """R3: recorded with who asked, told once in their language; a job that comes twice has nothing to do."""
    with tenant_transaction(company.tenant.id):
        company.admin.user.language = "ja"
        company.admin.user.save()
    row = asked(company.tenant, company.admin.actor)
    assert (row.state, row.files_done, row.files_total, row.unreadable) == (ReturnState.READY, 4, 4, 0)
    assert row.done == row.total >= sum(map(len, company.files.values()))
    assert row.key_ids
    assert row.expires_at == row.finished_at + timedelta(days=FILE_DAYS)  # type: ignore[operator]
    (done,) = recorded(company.tenant, "completed")
    assert done.actor_user_id == "anna"
    assert done.after is not None
    assert done.after["sha256"] == [part.sha256 for part in row.files]
    assert len(recorded(company.tenant, "asked")) == 1
    (told,) = mail.outbox
    assert told.subject == "データ返却の準備ができました（Acme Trading）"
    assert "/console/data-return/" in told.body
    assert "ZIPファイルの数： 1" in told.body
    assert run(row) is False
    with tenant_scope(row.tenant_id):
        assert tasks.tell(str(row.id)) is False
    assert runs_in_store(company.tenant) == {str(row.run)}
    assert runs_in_store(globex) == set()


def test_limits(admin: Person, acme: Tenant) -> None:
    """R3: one at a time, files of three at the most; those that are removed make room."""
    rows = [asked(acme, admin.actor), *listed(acme, KEPT - 1)]
    with pytest.raises(ValidationError, match="files of 3 data returns"):
        asked(acme, admin.actor)
    with tenant_transaction(acme.id):
        remove_files(rows[0], actor=admin.actor)
    assert refreshed(rows[0]).state == ReturnState.EXPIRED
    assert runs_in_store(acme) == set()
    with pytest.raises(ValidationError, match="has no files"), tenant_transaction(acme.id):
        remove_files(refreshed(rows[0]), actor=admin.actor)
    with tenant_transaction(acme.id):
        DataReturn.objects.filter(id=rows[0].id).update(state=ReturnState.RUNNING)
    with pytest.raises(ValidationError, match="is being written"):
        asked(acme, admin.actor)


@pytest.mark.usefixtures("jobs_wait")
def test_cancelled_in_the_middle(company: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: the worker notices at its next sign of life, and leaves nothing."""
    tenant, actor = company.tenant, company.admin.actor
    row = asked(tenant, actor)
    beat = making._beat

    def cancelled_meanwhile(ours: DataReturn, progress: Progress) -> None:
        beat(ours, progress)
        if progress.files_done:
            with tenant_transaction(tenant.id):
                cancel_return(DataReturn.objects.get(id=ours.id), actor=actor)

    monkeypatch.setattr(making, "_beat", cancelled_meanwhile)
    monkeypatch.setattr("retention.returning.progress._BEAT_SECONDS", 0)
    assert run(row) is False
    assert refreshed(row).state == ReturnState.CANCELLED
    assert runs_in_store(tenant) == set()
    with pytest.raises(ValidationError), tenant_transaction(tenant.id):
        cancel_return(refreshed(row), actor=actor)
    assert mail.outbox == []


@pytest.mark.usefixtures("jobs_wait")
def test_a_worker_that_dies_at_any_place(admin: Person, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: begun anew by the catch-up job; what was stored goes; one that was overtaken changes nothing."""
    row, now = asked(acme, admin.actor), timezone.now()
    finish = making._finish

    def overtaken(ours: DataReturn, *rest: Any, **named: Any) -> None:
        monkeypatch.setattr(making, "_finish", finish)
        with time_machine.travel(now + timedelta(minutes=4)):
            assert tasks.catch_up() == 1
            assert run(row) is True
        finish(ours, *rest, **named)

    monkeypatch.setattr(making, "_finish", overtaken)
    assert run(row) is False
    done = refreshed(row)
    assert (done.state, done.attempts) == (ReturnState.READY, 2)
    assert runs_in_store(acme) == {str(done.run)}
    assert len(recorded(acme, "completed")) == 1
    assert unpacked([part_of(done)]).manifest["company_code"] == "ACME"
    # The mail was not sent, since nobody worked off the queue: the catch-up job sees to it.
    with time_machine.travel(now + timedelta(minutes=9)):
        assert tasks.catch_up() == 1
        with tenant_scope(acme.id):
            assert tasks.tell(str(row.id)) is True
        assert tasks.catch_up() == 0


@pytest.mark.usefixtures("jobs_wait")
def test_what_a_killed_worker_has_stored(admin: Person, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: whoever is killed cannot tidy up: the next worker does, or the nightly sweep."""
    row, now = asked(acme, admin.actor), timezone.now()
    with monkeypatch.context() as killed:
        killed.setattr(BlockShelf, "discard", lambda _shelf: None)
        killed.setattr(making, "_finish", lambda *_rest, **_named: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            run(row)
    left = str(refreshed(row).run)
    assert runs_in_store(acme) == {left}
    with tenant_transaction(acme.id):
        DataReturn.objects.filter(id=row.id).update(state=ReturnState.CANCELLED)
    with time_machine.travel(now + timedelta(hours=25)), tenant_scope(acme.id):
        assert outstanding.remove_orphans() == 1
    assert runs_in_store(acme) == set()


@pytest.mark.usefixtures("jobs_wait")
def test_what_cannot_be_done(admin: Person, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: a store that is away is tried three times; then, and without the right, it fails and a mail says so."""

    def refuse(_self: LocalStore, name: str) -> None:
        raise StoreUnavailable(name, "the disk is full")

    row, now = asked(acme, admin.actor), timezone.now()
    with monkeypatch.context() as full:
        full.setattr(LocalStore, "writer", refuse)
        for minutes in (0, 4, 8):
            with time_machine.travel(now + timedelta(minutes=minutes)), pytest.raises(StoreUnavailable):
                run(row)
    assert (refreshed(row).state, refreshed(row).problem) == (ReturnState.FAILED, ReturnProblem.STORAGE)
    with tenant_scope(acme.id):
        tasks.tell(str(row.id))
    assert mail.outbox[-1].subject == "The data return failed (Acme Trading)"
    with tenant_transaction(acme.id):
        late = ask_return(actor=admin.actor)
        UserRole.objects.filter(user=admin.user).delete()
    assert run(late) is True
    assert (refreshed(late).state, refreshed(late).problem) == (ReturnState.FAILED, ReturnProblem.RIGHT_LOST)


def test_files_go_after_their_days_also_of_a_suspended_company(admin: Person, acme: Tenant) -> None:
    """R3, R1: asked for and written after suspension; seven days, then the files go; a month later the row does."""
    with tenant_transaction(acme.id):
        assert admin.user.is_active
    Tenant.objects.using("owner").filter(id=acme.id).update(state=State.SUSPENDED)
    row, now = asked(acme, admin.actor), timezone.now()
    assert row.state == ReturnState.READY
    with time_machine.travel(now + timedelta(days=FILE_DAYS, seconds=-5)):
        assert refreshed(row).has_files
        assert tasks.clear_away() == 0
    with time_machine.travel(now + timedelta(days=FILE_DAYS, seconds=5)):
        assert not refreshed(row).has_files
        assert tasks.clear_away() == 1
        assert tasks.clear_away() == 0
    assert refreshed(row).state == ReturnState.EXPIRED
    assert runs_in_store(acme) == set()
    assert len(recorded(acme, "removed")) == 1
    with tenant_transaction(acme.id):
        DataReturn.objects.update(asked_at=now - timedelta(days=30, seconds=5))
    tasks.clear_away()
    with tenant_transaction(acme.id):
        assert not DataReturn.objects.exists()
