"""The rows of a company, table by table, in batches in the order of the key, each in a short transaction (R1).

Everybody else goes on working meanwhile. A batch and its count are committed together, so whatever a kill leaves is
found by the next run, and nothing is counted twice.
"""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from psycopg import sql

from retention.erasure.tables import DeclaredTable, tables_to_empty
from retention.erasure.working import Work
from tenants.isolation.context import tenant_scope
from tenants.isolation.keeping import held_rows
from tenants.isolation.placement import OWNER_ALIAS

BATCH = 5_000
_KEY = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)
"""
_AND = sql.SQL(" AND ")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a condition with its parameters."""

    text: sql.Composable
    params: tuple[Any, ...] = ()

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(_AND.join([self.text, other.text]), self.params + other.params)


def empty_tables(work: Work) -> None:
    """Take away every row of the company that no legal hold keeps. Raises DatabaseError; begun again, it goes on."""
    for table in tables_to_empty():
        empty_table(work, table)


def empty_table(work: Work, table: DeclaredTable) -> None:
    """The same of one table."""
    for column in table.columns:
        # Rows that others of the same table refer to (a folder with folders in it) go when those are gone.
        while _pass(work, table, column) and table.own_column:
            pass


def count_rows(table: DeclaredTable, tenant_id: UUID) -> int:
    """How many rows of a table name a company, as the owner sees them."""
    named = sql.SQL(" OR ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(tenant_id)) for column in table.columns
    )
    with tenant_scope(None), transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(table.name), named))
        return int(cursor.fetchone()[0])


def _pass(work: Work, table: DeclaredTable, column: str) -> int:
    """Go once through the table in the order of its key; how many rows went."""
    keys = _key_of(table, column)
    removed = 0
    last: tuple[Any, ...] | None = None
    while True:
        condition = _condition(work, table, column)  # anew: somebody may have ordered a legal hold
        with tenant_scope(work.tenant_id), transaction.atomic(using=OWNER_ALIAS, durable=True):
            last, count = _batch(table, keys, condition, last)
            if count:
                work.add("tables", table.name, count)
                work.save_with_rows()
        removed += count
        if last is None:
            return removed


def _batch(
    table: DeclaredTable, keys: list[str], condition: _Part, last: tuple[Any, ...] | None
) -> tuple[tuple[Any, ...] | None, int]:
    """Take the next rows away: the key up to which they went, None when these were the last, and how many."""
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        upper = _upper_end(cursor, table, keys, condition, last)
        batch = condition + _between(keys, last, upper)
        statement = sql.SQL("DELETE FROM {} AS t WHERE ").format(sql.Identifier(table.name)) + batch.text
        cursor.execute(statement, batch.params)
        return upper, int(cursor.rowcount)


def _upper_end(
    cursor: Any, table: DeclaredTable, keys: list[str], condition: _Part, last: tuple[Any, ...] | None
) -> tuple[Any, ...] | None:
    """The key at which the next batch ends; None when what is left fits into one."""
    if not keys:
        return None
    rest = condition + _between(keys, last, None)
    cursor.execute(
        sql.SQL("SELECT {keys} FROM {table} AS t WHERE {rest} ORDER BY {keys} LIMIT 1 OFFSET {size}").format(
            keys=_columns(keys), table=sql.Identifier(table.name), rest=rest.text, size=sql.Literal(BATCH - 1)
        ),
        rest.params,
    )
    found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def _between(keys: list[str], last: tuple[Any, ...] | None, upper: tuple[Any, ...] | None) -> _Part:
    """After one key and up to another. The first column is named by itself too: by it partitions are left out."""
    parts = [_Part(sql.SQL("true"))]
    for end, row, column in ((last, " > ", " >= "), (upper, " <= ", " <= ")):
        if end is not None:
            values = sql.SQL(", ").join([sql.Placeholder()] * len(end))
            text = sql.SQL("({})").format(_columns(keys)) + sql.SQL(row) + sql.SQL("({})").format(values)
            first = sql.SQL("t.{}").format(sql.Identifier(keys[0])) + sql.SQL(column) + sql.Placeholder()
            parts.append(_Part(text, end) + _Part(first, end[:1]))
    return reduce(add, parts)


def _condition(work: Work, table: DeclaredTable, column: str) -> _Part:
    """The company's rows that may go now."""
    whose = sql.SQL("t.{} = {}").format(sql.Identifier(column), sql.Placeholder())
    parts = [_Part(whose, (work.tenant_id,))]
    held = work.is_held
    for reference in table.referred_by:
        # Children went before. What is left of them is held, and keeps what it refers to.
        if held or reference.table == table.name:
            there = sql.SQL("NOT EXISTS (SELECT FROM {} AS child WHERE child.{} = t.{}").format(
                *map(sql.Identifier, (reference.table, reference.column, reference.target))
            )
            if reference.within_tenant:
                there += sql.SQL(" AND child.tenant_id = {}").format(sql.Literal(work.tenant_id))
            parts.append(_Part(there + sql.SQL(")")))
    if held and (kept := _held(work, table)):
        parts.append(kept)
    return reduce(add, parts)


def _held(work: Work, table: DeclaredTable) -> _Part | None:
    """That the row is none of those that a legal hold keeps (R5)."""
    chosen = held_rows(table.model, work.tenant_id)
    if chosen is None:
        return None
    with tenant_scope(work.tenant_id):
        rows = table.model._default_manager.using(OWNER_ALIAS).filter(chosen).order_by().values("pk")
        text, params = rows.query.get_compiler(OWNER_ALIAS).as_sql()
    key = sql.Identifier(str(table.model._meta.pk.column))
    return _Part(sql.SQL("t.{} NOT IN ({})").format(key, sql.SQL(text)), tuple(params))  # made by Django


def _key_of(table: DeclaredTable, column: str) -> list[str]:
    """The columns of the primary key but for the company."""
    with tenant_scope(None), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(_KEY, [table.name])
        return [name for (name,) in cursor.fetchall() if name != column]


def _columns(keys: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(key)) for key in keys)
