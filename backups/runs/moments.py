"""One moment of the database for all companies (B1): a transaction of the platform role that others see through.

It counts the rows of every company past their policies, each table once for all of them, so that nobody need ask again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from backups.content import ArchivedTable, archived_tables
from backups.snapshot import ISOLATION, PATIENCE, Moment, copy_in_blocks
from backups.tableparts import TableSink
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import PLATFORM_ALIAS

_MOMENT = "SELECT pg_export_snapshot(), statement_timestamp(), pg_current_wal_lsn()::text"


@dataclass
class OpenMoment:
    """The moment, as long as its transaction is open. `at` is its time (UTC), `lsn` its place in the log."""

    name: str
    at: datetime
    lsn: str
    connection: BaseDatabaseWrapper = field(repr=False)
    _counted: tuple[str, ...] = ()
    _counts: dict[UUID, dict[str, int]] = field(default_factory=dict, repr=False)
    _opened: float = field(default_factory=monotonic)

    @property
    def is_stale(self) -> bool:
        """Whether it was open for so long that no further company begins in it: vacuum cannot pass it."""
        return timedelta(seconds=monotonic() - self._opened) > timedelta(minutes=settings.BACKUP_SNAPSHOT_MINUTES)

    def of(self, tenant_id: UUID) -> Moment:
        """The moment with the counts of one company."""
        found = self._counts.get(tenant_id, {})
        return Moment(self.name, self.at, self.lsn, {table: found.get(table, 0) for table in self._counted})

    def copy_rows(self, table: ArchivedTable, out: TableSink) -> int:
        """Copy all rows of a table of the platform; returns how many."""
        columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        copying = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(columns, sql.Identifier(table.name))
        with tenant_scope(None), self.connection.cursor() as cursor:
            with self.connection.wrap_database_errors, cursor.copy(copying) as copy:
                copy_in_blocks(copy, out)
            return int(cursor.rowcount)

    def count(self) -> None:
        """Count the rows of every company, in the tables that the platform role may read."""
        names = [table.name for table in archived_tables()]
        with tenant_scope(None), self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM unnest(%s::text[]) AS name WHERE has_table_privilege(name, 'SELECT')", [names]
            )
            self._counted = tuple(name for (name,) in cursor.fetchall())
            for name in self._counted:
                self._count(cursor, name)

    def _count(self, cursor: Any, name: str) -> None:
        counting = sql.SQL("SELECT tenant_id, count(*) FROM {} GROUP BY tenant_id").format(sql.Identifier(name))
        cursor.execute(counting)
        for tenant_id, rows in cursor.fetchall():
            self._counts.setdefault(tenant_id, {})[name] = rows


@contextmanager
def open_moment() -> Iterator[OpenMoment]:
    """Open one, on a connection of its own. Raises DatabaseError."""
    connection = connections[PLATFORM_ALIAS].copy()
    try:
        with tenant_scope(None):
            connection.set_autocommit(False)
            with connection.cursor() as cursor:
                cursor.execute(ISOLATION)
                cursor.execute(PATIENCE)
                cursor.execute(_MOMENT)
                name, at, lsn = cursor.fetchone()
        moment = OpenMoment(name, at.astimezone(UTC), lsn, connection)
        moment.count()
        yield moment
    finally:
        with tenant_scope(None):
            with suppress(Error):
                connection.rollback()
            connection.close()
