"""Where a secret must not turn up: in what the database is given to keep, in the log, in mails, in tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import psycopg
from django.core import mail
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg import sql
from psycopg.types.json import Json, Jsonb

from tests.canaries.watching import WATCH

_WRITES = ("INSERT", "UPDATE")
_COPY_OUT = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT")


def watch_places() -> None:
    """Look at every statement of this process from now on. Lines of the log come by `lines.py` anyway."""
    connection_created.connect(_watch_connection)


def look_at_mails() -> None:
    """The mails of this test. Links are sent by mail; what else is secret is not."""
    for message in getattr(mail, "outbox", ()):
        WATCH.look("a mail", [message.message().as_string(), str(message.body), message.subject], mail=True)


def look_at_tables(connection: "psycopg.Connection[Any]", tables: Iterable[str]) -> None:
    """Every column of every row, bytes in hexadecimal."""
    for table in tables:
        with connection.cursor().copy(_COPY_OUT.format(sql.Identifier(table))) as copy:
            WATCH.look(f"the table {table}", [b"".join(bytes(block) for block in copy).decode()])


def _watch_connection(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: Any) -> Any:
    if params and isinstance(statement, str) and statement.startswith(_WRITES):
        WATCH.look(" ".join(statement.split(maxsplit=3)[:3]), ["\n".join(_texts(params))])
    return execute(statement, params, many, context)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes | bytearray | memoryview):
        yield bytes(value).hex()
    elif isinstance(value, Json | Jsonb):
        yield from _texts(value.obj)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _texts(inner)
    elif value is not None and not isinstance(value, int | float):
        yield str(value)
