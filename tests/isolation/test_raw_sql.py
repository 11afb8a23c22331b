"""Raw SQL of the app role against every table behind the wall: it sees and changes nothing of another tenant (T1).

ASVS 8.4.1.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction
from psycopg.conninfo import make_conninfo

from accounts.models import User
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import TenantModel
from tenants.isolation.roles import APP
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.factories.rows import TENANT_MODELS, make_row, row_id
from tests.settings import ADMIN_URL

pytestmark = pytest.mark.django_db

# {t} is the table, {theirs} the other tenant, {ours} the own one, {id} the key that a row of each of them has.
READS = [
    "SELECT count(*) FROM {t} WHERE tenant_id = '{theirs}'",
    "SELECT count(*) FROM {t} WHERE tenant_id <> '{ours}'",
    "SELECT count(*) FROM {t} WHERE id = '{id}' AND tenant_id IS DISTINCT FROM '{ours}'",
    "SELECT count(*) FROM (TABLE {t}) everything WHERE tenant_id = '{theirs}'",
    "WITH everything AS MATERIALIZED (SELECT * FROM {t}) SELECT count(*) FROM everything WHERE tenant_id = '{theirs}'",
    "SELECT count(*) FROM {t} own JOIN {t} other ON other.id = own.id AND other.tenant_id <> own.tenant_id",
    "SELECT count(*) FROM tenants_tenant t LEFT JOIN {t} x ON x.tenant_id = t.id WHERE t.id <> '{ours}'",
    "SELECT count(*) FROM generate_series(1, 2), LATERAL (SELECT * FROM {t} WHERE tenant_id = '{theirs}') everything",
    "SELECT count(*) FROM {t} WHERE tenant_id = '{theirs}' OR tenant_id = '{theirs}' OR tenant_id <> '{ours}'",
    # A condition that fails on a row that may not be seen must never get to it.
    "SELECT count(*) FROM {t} WHERE 1 / (CASE WHEN tenant_id = '{theirs}' THEN 0 ELSE 1 END) = 2",
]
WRITES = [
    "SELECT * FROM {t} WHERE tenant_id = '{theirs}' FOR UPDATE",
    "UPDATE {t} SET tenant_id = tenant_id WHERE tenant_id = '{theirs}'",
    "UPDATE {t} SET tenant_id = '{ours}' WHERE tenant_id = '{theirs}'",
    "UPDATE {t} SET tenant_id = '{theirs}'",
    "UPDATE {t} SET id = other.id FROM {t} other WHERE {t}.tenant_id = '{theirs}'",
    "DELETE FROM {t} WHERE tenant_id = '{theirs}'",
    "DELETE FROM {t} USING {t} other WHERE {t}.id = other.id AND {t}.tenant_id = '{theirs}'",
    "INSERT INTO {t} ({columns}) SELECT {values} FROM {t} LIMIT 1",
    "INSERT INTO {t} ({columns}) SELECT {values} FROM {t} ON CONFLICT DO NOTHING",
    "WITH gone AS (DELETE FROM {t} WHERE tenant_id = '{theirs}' RETURNING *) SELECT * FROM gone",
    "MERGE INTO {t} USING (SELECT uuid '{id}' AS key) ON id = key AND tenant_id = '{theirs}' WHEN MATCHED THEN DELETE",
]
REFUSED = [
    "TRUNCATE {t}",
    "TRUNCATE {t} CASCADE",
    "DROP TABLE {t}",
    "ALTER TABLE {t} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY tenant_wall ON {t}",
    "CREATE POLICY open ON {t} USING (true)",
    "CREATE RULE open AS ON SELECT TO {t} DO INSTEAD NOTHING",
    "CREATE TRIGGER spy AFTER INSERT ON {t} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
]
PRIVILEGES = [
    "SET ROLE sekisho_owner",
    "SET ROLE sekisho_platform",
    "SET SESSION AUTHORIZATION sekisho_owner",
    "SET row_security = off; SELECT count(*) FROM accounts_user",
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE mine AS SELECT * FROM accounts_user",
    "CREATE VIEW mine AS SELECT * FROM accounts_user",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION dblink",
    "ALTER ROLE sekisho_app BYPASSRLS",
    "SELECT * FROM auditlog_auditevent_d180",
    "SELECT * FROM pg_authid",
    "SELECT pg_read_file('PG_VERSION')",
    "COPY accounts_user TO '/tmp/accounts'",
    "COPY accounts_user TO PROGRAM 'cat'",
    "INSERT INTO tenants_tenant SELECT * FROM tenants_tenant",
    "UPDATE tenants_tenant SET name = 'Mine'",
    "DELETE FROM tenants_tenant",
    "SELECT * FROM django_migrations",
    "SELECT auditlog_make_partitions('d30', current_date, current_date)",
]


@pytest.fixture(params=TENANT_MODELS, ids=lambda model: model._meta.label_lower)
def twins(request: pytest.FixtureRequest, acme: Tenant, globex: Tenant) -> type[TenantModel]:
    """A table in which both companies have the same row."""
    model: type[TenantModel] = request.param
    with _may_insert(model):
        for tenant in (acme, globex):
            with tenant_transaction(tenant.id):
                make_row(model)
    return model


def _adds(model: type[TenantModel]) -> bool:
    return "INSERT" in model.asset.app_rights


@contextmanager
def _may_insert(model: type[TenantModel]) -> Iterator[None]:
    """Give the app role the right to add the rows of a table that it only reads, and take it back."""
    if _adds(model):
        yield
        return
    database = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(make_conninfo(ADMIN_URL, dbname=database), autocommit=True) as admin:
        admin.execute(f"GRANT INSERT ON {model._meta.db_table} TO {APP}")
        try:
            yield
        finally:
            admin.execute(f"REVOKE INSERT ON {model._meta.db_table} FROM {APP}")


@contextmanager
def _untouched(model: type[TenantModel], tenant: Tenant) -> Iterator[None]:
    """Whatever happens inside, the tenant's rows are the same afterwards."""

    def rows() -> list[Any]:
        with tenant_transaction(tenant.id), connection.cursor() as cursor:
            cursor.execute(f"SELECT t.*::text FROM {model._meta.db_table} t ORDER BY id")
            return list(cursor.fetchall())

    before = rows()
    assert before
    yield
    assert rows() == before


def _statement(template: str, model: type[TenantModel], ours: UUID, theirs: UUID) -> str:
    columns = [str(field.column) for field in model._meta.local_concrete_fields]
    return template.format(
        t=model._meta.db_table,
        ours=ours,
        theirs=theirs,
        id=row_id(model),
        columns=", ".join(columns),
        values=", ".join(f"'{theirs}'::uuid" if column == "tenant_id" else column for column in columns),
    )


def _rows_touched(statement: str) -> int | None:
    """How many rows the statement returned or changed; None if the role may not, or the policy says no."""
    with suppress(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute(statement)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
                pytest.fail(f"{statement}: {error}")
            raise
        return int(cursor.rowcount)
    return None


@pytest.mark.parametrize("inside", [True, False], ids=["for one tenant", "for none"])
def test_nothing_is_read_across(twins: type[TenantModel], acme: Tenant, globex: Tenant, inside: bool) -> None:
    """T1: every way to name the other tenant's rows finds none."""
    with tenant_scope(acme.id if inside else None), transaction.atomic(), connection.cursor() as cursor:
        for template in READS:
            cursor.execute(_statement(template, twins, acme.id, globex.id))
            assert cursor.fetchone() == (0,), template
        cursor.execute(f"SELECT count(*) FROM {twins._meta.db_table}")
        assert cursor.fetchone() == (twins.objects.count() if inside else 0,)


@pytest.mark.parametrize("inside", [True, False], ids=["for one tenant", "for none"])
def test_nothing_is_changed_across(twins: type[TenantModel], acme: Tenant, globex: Tenant, inside: bool) -> None:
    """T1: every write across changes no row or is refused, and the other tenant's rows are what they were."""
    with _untouched(twins, globex), tenant_scope(acme.id if inside else None):
        for template in WRITES:
            assert not _rows_touched(_statement(template, twins, acme.id, globex.id)), template


def test_a_write_without_a_condition_stays_inside(twins: type[TenantModel], acme: Tenant, globex: Tenant) -> None:
    """T1: the forgotten WHERE, which is what the wall is for."""
    with _untouched(twins, globex), tenant_transaction(acme.id):
        count = twins.objects.count()
        for statement in (f"UPDATE {twins._meta.db_table} SET id = id", f"DELETE FROM {twins._meta.db_table}"):
            with transaction.atomic():
                assert _rows_touched(statement) in {count, None}
                transaction.set_rollback(True)


def test_copy_follows_the_policy(twins: type[TenantModel], acme: Tenant, globex: Tenant) -> None:
    """T1: COPY passes no wrapper of Django's, and hands out the own rows only."""
    question = f"COPY (SELECT tenant_id FROM {twins._meta.db_table}) TO STDOUT"
    for tenant_id, expected in ((acme.id, {str(acme.id)}), (globex.id, {str(globex.id)}), (None, set())):
        with (
            tenant_scope(tenant_id),
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(question) as copy,
        ):
            assert {tenant for (tenant,) in copy.rows()} == expected


def test_copy_brings_nothing_in(twins: type[TenantModel], acme: Tenant, globex: Tenant) -> None:
    """T1: PostgreSQL checks no policy on rows that COPY brings, so it refuses COPY."""
    errors = psycopg.errors
    with (
        tenant_scope(acme.id),
        pytest.raises(errors.FeatureNotSupported if _adds(twins) else errors.InsufficientPrivilege),
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {twins._meta.db_table} FROM STDIN"),
    ):
        pass


def test_what_policies_do_not_cover_is_refused(twins: type[TenantModel], acme: Tenant, globex: Tenant) -> None:
    """T1: the app role has four rights and owns nothing."""
    with _untouched(twins, globex), tenant_transaction(acme.id):
        for template in REFUSED:
            assert _rows_touched(_statement(template, twins, acme.id, globex.id)) is None, template


@pytest.mark.parametrize("statement", PRIVILEGES)
def test_the_app_role_cannot_get_out(statement: str, acme: Tenant) -> None:
    """T1: to another role, past the policies, into a file, or to a table of its own making."""
    with tenant_transaction(acme.id):
        make_row(User)
        assert _rows_touched(statement) is None


def test_statistics_tell_nothing(admin: psycopg.Connection[Any], acme: Tenant) -> None:
    """T1: what the planner has noted of all tenants' values is hidden from the app role."""
    admin.execute(
        "INSERT INTO accounts_role (id, tenant_id, code, custom_name, menus, factor_required)"
        " SELECT gen_random_uuid(), %s, '', 'secret ' || n, '{}', false FROM generate_series(1, 100) n",
        [acme.id],
    )
    admin.execute("ANALYZE accounts_role")
    question = "SELECT count(*) FROM pg_stats WHERE tablename = 'accounts_role'"
    assert admin.execute(question).fetchone() != (0,)
    admin.execute(f"SET LOCAL ROLE {APP}")
    assert admin.execute(question).fetchone() == (0,)
