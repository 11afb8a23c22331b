"""Rows that are in an archive and gone from the company: found, and brought back without touching any other (B6).

For each table that is looked at there is a temporary one with the rows that are missing now; `wanted` marks those that
are to come back. Everything happens in the open transaction of the owner.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from psycopg import sql

from backups.content import ArchivedTable
from backups.errors import RestoreRefused
from backups.loading import STAGE, Loader
from backups.manifest import TableEntry

_MISSING = """
    CREATE TABLE {missing} AS SELECT *, {chosen} AS wanted FROM {stage} AS staged
    WHERE NOT EXISTS (SELECT FROM {table} AS present WHERE present.tenant_id = {tenant} AND present.id = staged.id)
"""
_ORPHANS = """
    FROM {missing} AS child WHERE wanted AND {column} IS NOT NULL
    AND NOT EXISTS (SELECT FROM {target} AS present WHERE present.tenant_id = {tenant} AND present.id = child.{column})
"""


@dataclass(slots=True)
class MissingRows:
    """The missing rows of some tables of one company. `chosen` are those that were asked for by name."""

    tenant_id: UUID
    loader: Loader
    tables: dict[str, ArchivedTable]
    chosen: frozenset[str]
    staged: list[str] = field(default_factory=list)

    def stage(self, cursor: Any, entry: TableEntry, pieces: Iterator[bytes]) -> None:
        """Note which rows of a table are missing. Raises ArchiveDamaged."""
        self.loader.stage(cursor, entry, pieces)
        names = {"missing": _missing(entry.name), "table": sql.Identifier(entry.name), "stage": STAGE}
        values = {"chosen": sql.Literal(entry.name in self.chosen), "tenant": sql.Literal(self.tenant_id)}
        cursor.execute(sql.SQL(_MISSING).format(**names, **values))
        cursor.execute(sql.SQL("DROP TABLE {}").format(STAGE))
        self.staged.append(entry.name)

    def want_parents(self, cursor: Any) -> None:
        """Mark the missing rows that wanted ones refer to, and those that these refer to, up to the last."""
        again = True
        while again:
            again = False
            for child, column, target in self._references():
                if target in self.staged:
                    cursor.execute(
                        sql.SQL(
                            "UPDATE {} SET wanted = true WHERE NOT wanted AND id IN (SELECT {} FROM {} WHERE wanted)"
                        ).format(_missing(target), sql.Identifier(str(column.column)), _missing(child))
                    )
                    again = again or bool(cursor.rowcount)

    def require_parents(self, cursor: Any) -> None:
        """Raise RestoreRefused with the names of tables whose rows would have to come too.

        A reference that a deletion would have emptied (`SET_NULL`) is emptied instead.
        """
        problems = []
        for child, column, target in self._references():
            parts = {
                "missing": _missing(child),
                "column": sql.Identifier(str(column.column)),
                "target": sql.Identifier(target),
                "tenant": sql.Literal(self.tenant_id),
            }
            orphans = sql.SQL(_ORPHANS).format(**parts)
            if target in self.staged:
                orphans += sql.SQL(" AND {} NOT IN (SELECT id FROM {} WHERE wanted)").format(
                    parts["column"], _missing(target)
                )
            if column.remote_field.on_delete is models.SET_NULL:
                emptied = sql.SQL("UPDATE {} SET {} = NULL WHERE id IN (SELECT child.id {})")
                cursor.execute(emptied.format(_missing(child), parts["column"], orphans))
                continue
            cursor.execute(sql.SQL("SELECT count(*) ") + orphans)
            if count := cursor.fetchone()[0]:
                problems.append(f"{target} ({child}: {count})")
        if problems:
            raise RestoreRefused(
                _("The rows refer to others that are missing too: %(tables)s. Name these tables as well, or use"
                  " --with-parents.") % {"tables": ", ".join(problems)}
            )  # fmt: skip

    def wanted_values(self, cursor: Any, table: str, column: str) -> set[str]:
        """The values of a column of the rows that are to come back."""
        if table not in self.staged:
            return set()
        cursor.execute(sql.SQL("SELECT {} FROM {} WHERE wanted").format(sql.Identifier(column), _missing(table)))
        return {str(value) for (value,) in cursor.fetchall()}

    def insert(self, cursor: Any, entry: TableEntry) -> dict[str, int]:
        """Put the wanted rows of a table in; how many came back, and how many an existing row is in the way of."""
        cursor.execute(sql.SQL("SELECT count(*) FROM {} WHERE wanted").format(_missing(entry.name)))
        (wanted,) = cursor.fetchone()
        source = sql.SQL("{} WHERE wanted ON CONFLICT DO NOTHING").format(_missing(entry.name))
        self.loader.insert(cursor, self.tables[entry.name], entry, source)
        return {"brought_back": cursor.rowcount, "in_the_way": wanted - cursor.rowcount}

    def _references(self) -> Iterator[tuple[str, Any, str]]:
        for name in self.staged:
            for column in self.tables[name].model._meta.local_concrete_fields:
                if column.remote_field is not None:
                    yield name, column, column.remote_field.model._meta.db_table


def _missing(table: str) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"missing_{table}"[:63])
