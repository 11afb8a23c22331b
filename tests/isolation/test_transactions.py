"""The tenant in the transaction: told with BEGIN, kept in line with the context, gone with the commit (T1)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.db.backends.base import base
from psycopg import pq

from accounts.models import Role
from tenants.isolation.context import current_tenant_id, platform_scope, tenant_scope
from tenants.isolation.database.base import TransactionRequired
from tenants.isolation.transactions import on_commit, tenant_transaction
from tenants.models import Tenant
from tests.factories.rows import make_row

committing = pytest.mark.django_db(transaction=True, databases=["default", "platform"])


def _told() -> UUID | None:
    """What the database has been told, as it would be for the next statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.tenant', true), '')::uuid")
        (tenant_id,) = cursor.fetchone()
    assert tenant_id is None or isinstance(tenant_id, UUID)
    return tenant_id


@contextmanager
def _round_trips(file: Path) -> Iterator[list[str]]:
    """The messages that make libpq wait for an answer: simple queries, and the end of extended ones."""
    trips: list[str] = []
    connection.ensure_connection()
    pgconn = connection.connection.pgconn
    with file.open("w") as output:
        pgconn.trace(output.fileno())
        pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
        yield trips
        pgconn.untrace()
    for line in file.read_text().splitlines():
        sender, _length, message, *detail = line.split("\t")
        if sender == "F" and message in {"Query", "Sync"}:
            trips.append(" ".join(detail).strip(' "'))


# --- What it costs -----------------------------------------------------------------------------------------------
@committing
def test_the_tenant_travels_with_begin(acme: Tenant, tmp_path: Path) -> None:
    """T1: BEGIN, one read and COMMIT are three round trips, with a tenant as without."""
    with _round_trips(tmp_path / "with") as inside, tenant_transaction(acme.id):
        Role.objects.count()
    with _round_trips(tmp_path / "without") as outside, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert inside[0] == f"BEGIN; SET LOCAL app.tenant = '{acme.id}'"
    assert inside[-1] == "COMMIT"
    assert len(inside) == len(outside) == 3


@committing
def test_nothing_is_told_twice(acme: Tenant, globex: Tenant, tmp_path: Path) -> None:
    """T1: a tenant is told again only when it changed, or a rollback may have taken it back."""
    with _round_trips(tmp_path / "trips") as trips, tenant_transaction(acme.id):
        Role.objects.count()
        with transaction.atomic():
            Role.objects.count()
        with tenant_scope(globex.id):
            Role.objects.count()
            Role.objects.count()
        Role.objects.count()
    assert [trip for trip in trips if "app.tenant" in trip] == [
        f"BEGIN; SET LOCAL app.tenant = '{acme.id}'",
        f"SET LOCAL app.tenant = '{globex.id}'",
        f"SET LOCAL app.tenant = '{acme.id}'",
    ]


# --- Outside a transaction ---------------------------------------------------------------------------------------
@committing
@pytest.mark.parametrize(
    "touch",
    [
        lambda: Role.objects.filter(code="").count(),
        lambda: list(Role.objects.all()),
        lambda: list(Role.objects.iterator()),
        lambda: Role.objects.raw("SELECT * FROM accounts_role")[0],
        lambda: Role.objects.update(custom_name="changed"),
        lambda: Role(code="new").save(),
        _told,
    ],
)
def test_tenant_data_needs_a_transaction(touch: Callable[[], Any], acme: Tenant) -> None:
    """T1: without one the statement would run for no tenant and silently see nothing."""
    with tenant_scope(acme.id), pytest.raises(TransactionRequired):
        touch()


@committing
def test_without_a_tenant_no_transaction_is_needed() -> None:
    """T1: the directory of tenants is asked before anybody has logged in."""
    assert _told() is None


@committing
def test_an_effect_after_the_commit_needs_a_transaction_of_its_own(acme: Tenant) -> None:
    """T1: it runs for the same tenant, but its transaction is over."""
    seen: list[object] = []

    def effect() -> None:
        seen.append(current_tenant_id())
        with pytest.raises(TransactionRequired):
            Role.objects.count()
        with transaction.atomic():
            seen.append(_told())

    with tenant_transaction(acme.id):
        on_commit(effect)
        assert seen == []
    assert seen == [acme.id, acme.id]


# --- Kept in line ------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_scopes_nest_within_a_transaction(acme: Tenant, globex: Tenant) -> None:
    """T1: the database follows, in and out, also to no tenant at all."""
    with tenant_transaction(acme.id):
        assert _told() == acme.id
        with tenant_scope(globex.id):
            assert _told() == globex.id
            with tenant_scope(None):
                assert _told() is None
            assert _told() == globex.id
        assert _told() == acme.id


@committing
def test_nothing_is_left_after_the_transaction(acme: Tenant) -> None:
    """T1: by commit, by exception, by rollback: the next transaction of the connection has no tenant."""
    with tenant_transaction(acme.id):
        backend = _backend()
    with pytest.raises(ZeroDivisionError), tenant_transaction(acme.id):
        raise ZeroDivisionError
    with pytest.raises(ProgrammingError), tenant_transaction(acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    with tenant_transaction(acme.id):
        transaction.set_rollback(True)
    assert current_tenant_id() is None
    assert _backend() == backend
    assert _told() is None
    with transaction.atomic():
        assert _told() is None


@pytest.mark.django_db
@pytest.mark.parametrize("rolled_back", [True, False])
def test_a_savepoint_takes_back_what_it_was_told(acme: Tenant, globex: Tenant, rolled_back: bool) -> None:
    """T1: SET LOCAL is undone by a rollback to a savepoint, and stays when the savepoint is released."""
    with tenant_transaction(acme.id):
        with tenant_scope(globex.id), transaction.atomic():
            make_row(Role)
            transaction.set_rollback(rolled_back)
        assert _told() == acme.id
        assert Role.objects.count() == 0
        with tenant_scope(globex.id):
            assert _told() == globex.id
            assert Role.objects.count() == (0 if rolled_back else 1)


@pytest.mark.django_db
def test_a_savepoint_that_outlives_the_scope(acme: Tenant, globex: Tenant) -> None:
    """T1: the tenant was told before the savepoint, changed inside, and the rollback comes after the change."""
    with tenant_transaction(acme.id):
        savepoint = transaction.savepoint()
        with tenant_scope(globex.id):
            assert _told() == globex.id
            transaction.savepoint_rollback(savepoint)
            assert _told() == globex.id
        assert _told() == acme.id


@pytest.mark.django_db
def test_a_failed_statement_inside_a_savepoint(acme: Tenant, globex: Tenant) -> None:
    """T1: in a failed transaction nothing can be told; after the rollback everything is."""
    with tenant_transaction(acme.id):
        with pytest.raises(ProgrammingError), tenant_scope(globex.id), transaction.atomic():
            Role.objects.extra(select={"n": "nonsense"}).get()
        assert _told() == acme.id


@committing
def test_server_side_cursors_and_copy_are_told(acme: Tenant, globex: Tenant) -> None:
    """T1: they pass no wrapper of Django's; each is the first statement of its transaction, and after a change."""
    for tenant in (acme, globex):
        with tenant_transaction(tenant.id):
            make_row(Role)

    def by_cursor() -> list[str]:
        return [str(role.tenant_id) for role in Role.objects.iterator(chunk_size=1)]

    def by_copy() -> list[str]:
        question = "COPY (SELECT tenant_id FROM accounts_role) TO STDOUT"
        with connection.cursor() as cursor, cursor.copy(question) as copy:
            return [str(tenant_id) for (tenant_id,) in copy.rows()]

    for read in (by_cursor, by_copy):
        with tenant_transaction(acme.id):
            assert read() == [str(acme.id)]
            with tenant_scope(globex.id):
                assert read() == [str(globex.id)]
            assert read() == [str(acme.id)]


@pytest.mark.django_db
def test_an_open_cursor_follows(acme: Tenant, globex: Tenant) -> None:
    """T1: a cursor belongs to the connection, not to the tenant for which it was opened."""
    with tenant_transaction(acme.id), connection.cursor() as cursor:
        for tenant_id in (acme.id, globex.id, None, acme.id):
            with tenant_scope(tenant_id):
                cursor.execute("SELECT nullif(current_setting('app.tenant', true), '')::uuid")
                assert cursor.fetchone() == (tenant_id,)


@committing
def test_the_platform_role_is_told_as_well(acme: Tenant) -> None:
    """T1: services of one tenant may run on that alias."""
    with platform_scope(), tenant_transaction(acme.id), connections["platform"].cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant', true), current_user")
        assert cursor.fetchone() == (str(acme.id), "sekisho_platform")


@committing
def test_a_connection_is_opened_inside_a_scope(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """T1: a process's first one asks the server for its version, which is no business of the tenant's."""
    monkeypatch.setattr(base, "RAN_DB_VERSION_CHECK", set())

    def visit() -> UUID | None:
        try:
            with tenant_transaction(acme.id):
                return _told()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(visit).result() == acme.id


def test_a_scope_takes_a_uuid(acme: Tenant) -> None:
    """T1: text would reach the database unchecked."""
    with pytest.raises(TypeError), tenant_scope(str(acme.id)):  # type: ignore[arg-type]
        pass


def _backend() -> int:
    with tenant_scope(None), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    return int(number)
