"""Putting the rows of an archive into a database as the owner of its tables, under another tenant or the same (B6).

Rows pass through a temporary table: there they are seen to be the old tenant's, every one, and from there they go in
under the new one. Ids stay as they are, because keys carry the tenant.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from auditlog.models import AuditEvent
from auditlog.partitions import make_partitions_of
from backups.content import TENANT_COLUMN, ArchivedTable
from backups.errors import ArchiveDamaged, Cause
from backups.manifest import TableEntry
from tenants.isolation.placement import OWNER_ALIAS

STAGE = sql.Identifier("pg_temp", "restored_rows")
_NUMBER = sql.SQL("number::text::xid8")
_NUMBERS = sql.SQL(" JOIN pg_temp.event_numbers USING (id)")
_COLUMN_TYPES = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


class Loader:
    """Loads tables, one after the other, in the open transaction of the owner; `alias` names his database.

    Without tenants rows go in as they are: those of the platform. `number_events` makes the temporary table
    `event_numbers` (id, number) of the staged events when the service is rebuilt (`backups.recovery.numbering`). With
    `compares` the rows that are in the table afterwards are compared with those of the archive.
    """

    def __init__(
        self,
        old_tenant: UUID | None,
        new_tenant: UUID | None,
        *,
        alias: str = OWNER_ALIAS,
        number_events: Callable[[Any], None] | None = None,
        compares: bool = False,
    ) -> None:
        self._old = old_tenant
        self._new = new_tenant
        self._alias = alias
        self._number_events = number_events
        self._compares = compares

    @property
    def _connection(self) -> BaseDatabaseWrapper:
        return connections[self._alias]

    def load(self, table: ArchivedTable, entry: TableEntry, pieces: Iterator[bytes]) -> None:
        """Load the COPY text of one table. Raises ArchiveDamaged, DatabaseError."""
        with self._connection.cursor() as cursor:
            types = _column_types(cursor, table.name)
            self._stage(cursor, entry, types, pieces)
            if table.model is AuditEvent:
                self._make_partitions(cursor)
            numbered = table.model is AuditEvent and self._number_events is not None
            if numbered and self._number_events:
                self._number_events(cursor)
            columns = [name for name in entry.columns if name in types]
            cursor.execute(*self._insertion(table, columns, numbered=numbered))
            inserted = cursor.rowcount
            same = not self._compares or self._is_same(cursor, table, columns)
            cursor.execute(sql.SQL("DROP TABLE {}").format(STAGE))
        if inserted != entry.rows:
            raise ArchiveDamaged(table.name, Cause.ROWS, f"{inserted} instead of {entry.rows}")
        if not same:
            raise ArchiveDamaged(table.name, Cause.CONTENT, "other rows came out than went in")

    def _is_same(self, cursor: Any, table: ArchivedTable, columns: list[str]) -> bool:
        """Whether the table holds for the tenant just what was staged, in whatever order."""
        names = sql.SQL(", ").join(sql.Identifier(name) for name in columns if name != TENANT_COLUMN)
        summed = sql.SQL("(SELECT sum(hashtextextended(one::text, 0)) FROM (SELECT {} FROM {}{}) AS one)")
        there = sql.SQL(" WHERE tenant_id = {}").format(sql.Literal(self._new))
        cursor.execute(
            sql.SQL("SELECT {} IS NOT DISTINCT FROM {}").format(
                summed.format(names, STAGE, sql.SQL("")), summed.format(names, sql.Identifier(table.name), there)
            )
        )
        return bool(cursor.fetchone()[0])

    def stage(self, cursor: Any, entry: TableEntry, pieces: Iterator[bytes]) -> None:
        """Put the COPY text of a table into STAGE alone. Raises ArchiveDamaged, DatabaseError."""
        self._stage(cursor, entry, _column_types(cursor, entry.name), pieces)

    def insert(self, cursor: Any, table: ArchivedTable, entry: TableEntry, source: sql.Composable) -> None:
        """Insert what such a source (a table, and what may follow it) has of the columns of an archive."""
        types = _column_types(cursor, table.name)
        columns = [name for name in entry.columns if name in types]
        cursor.execute(*self._insertion(table, columns, source=source))

    def check_constraints(self) -> None:
        """Let the database check the foreign keys now. Raises IntegrityError."""
        with self._connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _make_partitions(self, cursor: Any) -> None:
        """The partitions of the days of the staged events. In a database that others use, in transactions of their own:
        a restore takes long.
        """
        cursor.execute(sql.SQL("SELECT DISTINCT retention_class, (at AT TIME ZONE 'UTC')::date FROM {}").format(STAGE))
        for kept, day in cursor.fetchall():
            if self._alias == OWNER_ALIAS:
                make_partitions_of(kept, day, day)
            else:
                cursor.execute("SELECT auditlog_make_partitions(%s, %s, %s)", [kept, day, day])

    def _stage(self, cursor: Any, entry: TableEntry, types: dict[str, str], pieces: Iterator[bytes]) -> None:
        # The types come from the catalogue, not from `LIKE`: that would lock the table, and partitions could not be
        # made. A column that this release has no more is read as text and left behind.
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(types.get(name, "text"))) for name in entry.columns
        )
        cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(STAGE, columns))
        names = sql.SQL(", ").join(map(sql.Identifier, entry.columns))
        copying = sql.SQL("COPY {} ({}) FROM STDIN").format(STAGE, names)
        with self._connection.wrap_database_errors, cursor.copy(copying) as copy:
            for piece in pieces:
                copy.write(piece)
        if self._old is None:
            return
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE {} IS DISTINCT FROM {}").format(
                STAGE, sql.Identifier(TENANT_COLUMN), sql.Literal(self._old)
            )
        )
        if strangers := cursor.fetchone()[0]:
            raise ArchiveDamaged(entry.name, Cause.CONTENT, f"{strangers} rows of another tenant")

    def _insertion(
        self,
        table: ArchivedTable,
        columns: list[str],
        *,
        numbered: bool = False,
        source: sql.Composable = STAGE,
    ) -> tuple[sql.Composed, list[Any]]:
        """Columns that came after the archive get the default that their migration gave to old rows."""
        given: dict[str, sql.Composable] = {name: sql.Identifier(name) for name in columns}
        if self._new is not None:
            given[TENANT_COLUMN] = sql.Literal(self._new)
        if numbered:
            given["transaction_id"] = _NUMBER
        added = self._defaults(table, set(columns))
        targets = sql.SQL(", ").join(map(sql.Identifier, [*given, *added]))
        sources = sql.SQL(", ").join([*given.values(), *(sql.Placeholder() for _name in added)])
        statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}{}").format(
            sql.Identifier(table.name), targets, sources, source, _NUMBERS if numbered else sql.SQL("")
        )
        return statement, list(added.values())

    def _defaults(self, table: ArchivedTable, present: set[str]) -> dict[str, Any]:
        editor = self._connection.schema_editor()
        missing = [
            field
            for field in table.model._meta.local_concrete_fields
            if field.column in table.columns and field.column not in present and not field.has_db_default()
        ]
        values = {str(field.column): editor.effective_default(field) for field in missing}
        return {column: value for column, value in values.items() if value is not None}


def _column_types(cursor: Any, table: str) -> dict[str, str]:
    cursor.execute(_COLUMN_TYPES, [table])
    return dict(cursor.fetchall())
