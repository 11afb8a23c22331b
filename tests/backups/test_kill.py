"""A run that dies anywhere, and two runs at once: nothing is listed that does not restore (B1, B5)."""

import json
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import connections

from auditlog.models import AuditEvent
from backups.errors import RunningAlready
from backups.layout import archives_prefix
from backups.locks import exclusive, kept_connections
from backups.models import Archive, State
from backups.queries import archives, archives_of_everybody
from backups.taking import take_archive
from backups.verifying import verify_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Stored
from tests.backups.processes import cut_off, kill, run, start, table_locked, wait_until_blocked
from tests.conftest import EVERY_ROLE
from vault.stores import backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def listed(tenant: Tenant) -> list[Archive]:
    """The archives of a tenant."""
    with tenant_transaction(tenant.id):
        return list(archives())


def prefixes(tenant: Tenant) -> set[str]:
    """The archives of which anything is in the store."""
    prefix = archives_prefix(tenant.id)
    return {info.name.removeprefix(prefix).split("/")[0] for info in backup_store().list(prefix)}


@pytest.mark.parametrize("table", ["documents_documentversion", "accounts_user", "auditlog_auditevent"])
def test_killed_before_its_manifest(stored: Stored, take: Callable[[], Archive], table: str) -> None:
    """B5: killed while the list, an early or a late table is written; the next run tidies up and is whole."""
    sound = take()
    with table_locked(table):
        process = start("backup", "run", "--tenant", "ACME")
        wait_until_blocked(table, process)
        kill(process)
    assert listed(stored.tenant) == [sound]
    assert len(archives_of_everybody()) == 1

    again = take()

    assert listed(stored.tenant) == [again, sound]
    assert prefixes(stored.tenant) == {str(again.id), str(sound.id)}
    with tenant_scope(stored.tenant.id):
        assert verify_archive(again, actor=ACTOR)
    with tenant_transaction(stored.tenant.id):
        assert not Archive.objects.filter(state=State.RUNNING).exists()


def test_killed_after_its_manifest(stored: Stored, take: Callable[[], Archive]) -> None:
    """B5: the archive is whole, only the catalogue does not know it yet; the next run lists it."""
    with ExitStack() as catalogue:
        with table_locked("accounts_user"):
            process = start("backup", "run", "--tenant", "ACME")
            wait_until_blocked("accounts_user", process)
            catalogue.enter_context(table_locked("backups_archive", "SHARE"))
        wait_until_blocked("backups_archive", process)
        kill(process)
    assert listed(stored.tenant) == []

    take()

    newer, older = listed(stored.tenant)
    for archive in (newer, older):
        with tenant_scope(stored.tenant.id):
            assert verify_archive(archive, actor=ACTOR)
    assert older.row_count > 0


def test_cut_off_from_the_database(stored: Stored) -> None:
    """B5: the run fails with its cause on record, and leaves nothing."""
    with table_locked("accounts_user"):
        process = start("backup", "run", "--tenant", "ACME", "--json")
        wait_until_blocked("accounts_user", process)
        cut_off("accounts_user")
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "terminating connection" in json.loads(out)[0]["error"], errors
    assert prefixes(stored.tenant) == set()
    with tenant_transaction(stored.tenant.id):
        assert not Archive.objects.exists()
        event = AuditEvent.objects.get(action="backups.archive.failed")
    assert event.outcome == "failure"
    assert "terminating connection" in (event.after or {})["cause"]


def test_two_runs_at_once(stored: Stored) -> None:
    """B1: the second one says so and ends; the first is undisturbed."""
    with table_locked("accounts_user"):
        process = start("backup", "run", "--tenant", "ACME", "--json")
        wait_until_blocked("accounts_user", process)
        with tenant_scope(stored.tenant.id), pytest.raises(RunningAlready):
            take_archive(actor=ACTOR)
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert [archive.state for archive in listed(stored.tenant)] == [State.VERIFIED]


def test_a_run_that_has_ended_is_in_nobodys_way(acme: Tenant) -> None:
    """B1: the lock is gone when its holder says so, not when the server notices."""
    for _ in range(100):
        with exclusive(acme.id):
            pass


def _rows(statement: str, *params: int) -> list[int]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, params)
        return [value for (value,) in cursor.fetchall()]


def holders() -> set[int]:
    """The sessions that hold locks of backups."""
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    return set(_rows(f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND {here}"))


def test_locks_of_a_run_share_a_connection(acme: Tenant, globex: Tenant) -> None:
    """B1: those that follow each other do, also after a refusal; those that are held at once do not. A connection that
    the server ended is opened anew."""
    with kept_connections():
        with exclusive(acme.id):
            first = holders()
            with pytest.raises(RunningAlready), exclusive(acme.id):
                pass
        assert holders() == set()
        with exclusive(globex.id), exclusive(acme.id):
            both = holders()
            assert len(both) == 2
            assert first < both
        for pid in both:
            assert _rows("SELECT pg_terminate_backend(%s, 10000)", pid) == [True]
        with exclusive(acme.id):
            assert not holders() & both
    with exclusive(acme.id):
        pass


def test_runs_of_two_tenants_do_not_wait_for_each_other(acme: Tenant, globex: Tenant) -> None:
    """B1: the lock is one tenant's."""
    with exclusive(acme.id), tenant_scope(globex.id):
        take_archive(actor=ACTOR)
    ended = run("backup", "run", "--tenant", "ACME")
    assert ended.returncode == 0, ended.stderr
