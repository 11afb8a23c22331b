"""One moment of one tenant: a transaction that sees everything as it was, and the COPY out of it (B1).

It runs as the app role with the wall forced, so a wrong filter cannot let another tenant's rows in. That none are
missing is told by a second pair of eyes: the platform role, which no tenant policy filters, counts in the same moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from psycopg import Copy, sql

from backups.content import ArchivedTable, archived_tables
from backups.errors import BackupError
from backups.parts import BUFFER
from backups.tableparts import TableSink
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import PLATFORM_ALIAS, placement_of

# A tenant with many rows takes longer than a request may, and the snapshot waits while a store is slow.
PATIENCE = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
ISOLATION = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_MOMENT = """
    SELECT statement_timestamp(), pg_current_wal_lsn()::text, pg_export_snapshot(), current_setting('app.tenant', true)
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that another transaction holds open for all companies, and how many rows of this one it has seen then.

    `name` is what PostgreSQL calls the exported snapshot, `at` its time (UTC), `lsn` its place in the write-ahead log.
    Tables that are not in `counts` could not be counted past the policies of the tenant.
    """

    name: str
    at: datetime
    lsn: str
    counts: dict[str, int]


@dataclass
class Snapshot:
    """The open moment of one tenant."""

    tenant_id: UUID
    at: datetime
    lsn: str
    connection: BaseDatabaseWrapper
    witness: BaseDatabaseWrapper | None = field(repr=False)
    counts: dict[str, int] = field(default_factory=dict)

    def copy_rows(self, table: ArchivedTable, out: TableSink) -> int:
        """Copy the tenant's rows of a table as COPY text; returns how many. Raises BackupError if some are missing."""
        copied = self._copied(table, out) if table.name in self._filled else 0
        expected = self._witnessed(table)
        if expected not in (None, copied):
            raise BackupError(
                _("%(copied)d of %(expected)d rows of %(table)s were copied.")
                % {"copied": copied, "expected": expected, "table": table.name}
            )
        return copied

    def _copied(self, table: ArchivedTable, out: TableSink) -> int:
        with self.connection.cursor() as cursor:
            copying = _copy_statement(table, self.tenant_id)
            with self.connection.wrap_database_errors, cursor.copy(copying) as copy:
                copy_in_blocks(copy, out)
            return int(cursor.rowcount)

    @cached_property
    def _filled(self) -> frozenset[str]:
        """The tables in which the tenant has rows, asked in one statement: in most of them a small one has none."""
        asking = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {} WHERE tenant_id = {})").format(
                sql.Literal(table.name), sql.Identifier(table.name), sql.Literal(self.tenant_id)
            )
            for table in archived_tables()
        )
        with self.connection.cursor() as cursor:
            cursor.execute(asking)
            return frozenset(name for (name,) in cursor.fetchall())

    def _witnessed(self, table: ArchivedTable) -> int | None:
        """How many rows the platform role sees past the tenant's policies; None where it may not look."""
        if self.witness is None:
            return self.counts.get(table.name)
        with self.witness.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table.name])
            if not cursor.fetchone()[0]:
                return None
            counting = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = {}").format(
                sql.Identifier(table.name), sql.Literal(self.tenant_id)
            )
            cursor.execute(counting)
            return int(cursor.fetchone()[0])


@contextmanager
def snapshot(tenant_id: UUID, moment: Moment | None = None) -> Iterator[Snapshot]:
    """Open the moment of a tenant: one of its own, or the one that all share. No transaction may be open before.

    A tenant with a database of its own always has one of its own, since no snapshot reaches across databases.
    """
    alias = placement_of(tenant_id)
    shared = moment if alias == DEFAULT_DB_ALIAS else None
    with tenant_scope(tenant_id), transaction.atomic(using=alias, durable=True):
        with connections[alias].cursor() as cursor:
            cursor.execute(ISOLATION)
            cursor.execute(PATIENCE)
            if shared:
                cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(shared.name)))
                cursor.execute("SELECT current_setting('app.tenant', true)")
            else:
                cursor.execute(_MOMENT)
            *found, told = cursor.fetchone()
        if told != str(tenant_id):  # without its tenant the wall would hide every row, and the archive were empty
            raise BackupError(_("The database was not told the tenant."))
        if shared:
            yield Snapshot(tenant_id, shared.at, shared.lsn, connections[alias], None, shared.counts)
            return
        at, lsn, exported = found
        with _witness(alias, exported) as witness:
            yield Snapshot(tenant_id, at, lsn, connections[alias], witness)


@contextmanager
def _witness(alias: str, exported: str) -> Iterator[BaseDatabaseWrapper | None]:
    """The platform role in the same moment; it knows the shared database only."""
    if alias != DEFAULT_DB_ALIAS:
        yield None
        return
    with transaction.atomic(using=PLATFORM_ALIAS, durable=True):
        with connections[PLATFORM_ALIAS].cursor() as cursor:
            cursor.execute(ISOLATION)
            cursor.execute(PATIENCE)
            cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(exported)))
        yield connections[PLATFORM_ALIAS]


def _copy_statement(table: ArchivedTable, tenant_id: UUID) -> sql.Composed:
    return sql.SQL("COPY (SELECT {} FROM {} WHERE tenant_id = {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, table.columns)), sql.Identifier(table.name), sql.Literal(tenant_id)
    )


def copy_in_blocks(copy: Copy, out: TableSink) -> None:
    """Hand over what a COPY gives, in blocks of 1 MiB: it comes row by row, and a call for each takes half the time."""
    rows: list[bytes | bytearray | memoryview] = []
    size = 0
    for row in copy:
        rows.append(row)
        size += len(row)
        if size >= BUFFER:
            out.write(b"".join(rows))
            rows.clear()
            size = 0
    out.write(b"".join(rows))
