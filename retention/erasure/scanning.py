"""The raw search: every row of every table of the database, declared or not, for the marks of a company (R1).

It believes no declaration. A row is read as the database writes it, all columns of it, bytes in hexadecimal.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connections, transaction
from psycopg import sql

from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS

# Partitions are read through the table that they belong to.
_TABLES = """
SELECT n.nspname, c.relname, EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition
AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' ORDER BY 1, 2
"""
# What the planner remembers of values: rows of companies as well, until the next ANALYZE.
STATISTICS = "pg_catalog.pg_stats"


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a company is known: its id in every form in which it is written, its code, words planted for a test."""

    tenant_id: UUID
    company_code: str
    canaries: tuple[str, ...] = ()

    @property
    def ids(self) -> list[str]:
        """The id as text, as a number, and as text in a column of bytes."""
        return [str(self.tenant_id), self.tenant_id.hex, str(self.tenant_id).encode().hex()]

    @property
    def words(self) -> list[str]:
        """The canaries as text, escaped as in JSON, and in a column of bytes."""
        return [form for word in self.canaries for form in (word, json.dumps(word)[1:-1], word.encode().hex()) if form]


@dataclass(frozen=True, slots=True)
class Hit:
    """Rows of one table and of one owner (None: the table has none) that hold the id, the code, or a canary."""

    table: str
    owner: UUID | None
    ids: int
    codes: int
    canaries: int


@dataclass(slots=True)
class Searched:
    """What was read, and every hit."""

    tables: int = 0
    rows: int = 0
    hits: list[Hit] = field(default_factory=list)


def search(marks: Marks) -> Searched:
    """Read the whole database with the rights of its owner, table after table. Raises DatabaseError."""
    done = Searched()
    for schema, table, has_owner in _tables():
        done.tables += 1
        for owner, rows, ids, codes, canaries in _counted(schema, table, has_owner, marks):
            done.rows += rows
            if ids or codes or canaries:
                name = table if schema == "public" else f"{schema}.{table}"
                done.hits.append(Hit(name, owner, ids, codes, canaries))
    return done


def _tables() -> list[tuple[str, str, bool]]:
    with tenant_scope(None), transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(_TABLES)
        return [*cursor.fetchall(), (*STATISTICS.split("."), False)]


def _counted(
    schema: str, table: str, has_owner: bool, marks: Marks
) -> Iterator[tuple[UUID | None, int, int, int, int]]:
    statement = sql.SQL(
        "SELECT owner, count(*), count(*) FILTER (WHERE {ids}), count(*) FILTER (WHERE {code}),"
        " count(*) FILTER (WHERE {words}) FROM (SELECT {owner} AS owner, t::text AS line FROM {table} AS t) AS lines"
        " GROUP BY owner"
    ).format(
        ids=_any_of(marks.ids),
        code=_code(marks.company_code),
        words=_any_of(marks.words),
        owner=sql.SQL("t.tenant_id" if has_owner else "NULL::uuid"),
        table=sql.Identifier(schema, table),
    )
    with tenant_scope(None), transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(statement)
        yield from cursor.fetchall()


def _any_of(words: list[str]) -> sql.Composable:
    if not words:
        return sql.SQL("false")
    return sql.SQL(" OR ").join(sql.SQL("strpos(line, {}) > 0").format(sql.Literal(word)) for word in words)


def _code(code: str) -> sql.Composable:
    """The code by itself, not within a longer word; the quick question comes first."""
    pattern = f"(^|[^A-Za-z0-9-]){re.escape(code)}([^A-Za-z0-9-]|$)"
    return sql.SQL("CASE WHEN strpos(line, {}) > 0 THEN line ~ {} ELSE false END").format(
        sql.Literal(code), sql.Literal(pattern)
    )
