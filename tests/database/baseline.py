"""What is in the test database before the first test, and the way back to it after a test that commits.

Aliases are separate connections, so a tenant that `platform` inserts in an open transaction is invisible to `default`.
Therefore the tenants of the suite are committed once per test database and stay. Ordinary tests roll their own rows
back. A test that commits (`transaction=True`) is followed by Django's `flush` command, which this suite replaces: as
the owner, past the policies, it deletes every row (DELETE: a TRUNCATE of all tables costs far more than a few rows, and
locks them) and puts the rows of the baseline back, whatever the test did to them. What it deletes is looked at first:
no table may hold a secret of the test (G7).
"""

from typing import ClassVar

import psycopg
from psycopg import sql

from tests.canaries.places import look_at_tables

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname <> 'django_migrations'
"""
_COPY_OUT = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT")
_COPY_IN = sql.SQL("COPY {} FROM STDIN")


class Baseline:
    """The rows of every table at the moment when it was made. One a process, with a connection of the owner."""

    _current: ClassVar["Baseline | None"] = None

    def __init__(self, parameters: dict[str, object]) -> None:
        options = f"{parameters.get('options', '')} -c lock_timeout=10s"
        self._connection = psycopg.connect(**{**parameters, "options": options}, autocommit=True)  # type: ignore[arg-type]
        self._rows = {table: self._copy_out(table) for table in self._tables_with_rows()}
        type(self)._current = self

    @classmethod
    def current(cls) -> "Baseline":
        """The baseline of this process; raises RuntimeError before the test database is made."""
        if cls._current is None:
            raise RuntimeError("There is no test database yet.")
        return cls._current

    def restore(self) -> None:
        """Bring the database back, in one transaction: foreign keys are checked at its end, so order is free."""
        with self._connection.transaction():
            written = self._tables_with_rows()
            look_at_tables(self._connection, written)
            if "invoices_invoice" in written:  # a ledger that lets nobody change it, the owner neither
                self._guard_invoices("DISABLE")
            # Legal holds first: as long as one acts, the database keeps copies of what is deleted.
            for table in sorted(written, key=lambda name: name != "holds_hold"):
                self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            if "invoices_invoice" in written:
                self._guard_invoices("ENABLE")
            for table, rows in self._rows.items():
                with self._connection.cursor().copy(_COPY_IN.format(sql.Identifier(table))) as copy:
                    copy.write(rows)

    def close(self) -> None:
        """Let the database be dropped."""
        self._connection.close()
        type(self)._current = None

    def _guard_invoices(self, switch: str) -> None:
        self._connection.execute(f"ALTER TABLE invoices_invoice {switch} TRIGGER invoices_stay")

    def _tables_with_rows(self) -> list[str]:
        tables = [str(name) for (name,) in self._connection.execute(_TABLES)]
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("(SELECT {} WHERE EXISTS (SELECT FROM {}))").format(sql.Literal(table), sql.Identifier(table))
            for table in tables
        )
        return [str(name) for (name,) in self._connection.execute(asked)] if tables else []

    def _copy_out(self, table: str) -> bytes:
        with self._connection.cursor().copy(_COPY_OUT.format(sql.Identifier(table))) as copy:
            return b"".join(bytes(block) for block in copy)
