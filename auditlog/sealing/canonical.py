"""The stable form of an event: one line of JSON, made by the database, whose bytes are what is hashed.

Nobody serialises an event a second time: the sealer, the verification, the proof of one event and the export all get
the same bytes out of this one expression, and whoever checks an export hashes the bytes that the file holds. Form 1 is
described in docs/audit-proofs.md; a change of it is form 2, beside this one, since segments name the form of theirs.

The form leaves out what may change or betray others: the retention class (a class can be lengthened) and the number of
the transaction (it counts everybody's). The salt is random, so that the hash of an erased event tells nothing of it.
"""

from collections.abc import Generator
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from auditlog.models import RetentionClass

FORM = 1

# By position, so that whoever reads a line need not parse it: see `id_of` and `time_of`.
_BEFORE_ID, _BEFORE_AT, _BEFORE_TENANT = f'{{"form":{FORM},"id":"', '","at":"', '","tenant":"'
_ID = slice(len(_BEFORE_ID), len(_BEFORE_ID) + 36)
_AT = slice(_ID.stop + len(_BEFORE_AT), _ID.stop + len(_BEFORE_AT) + 27)

# All of them text or null. `json_object` looks at no types, so it is the fastest writer of JSON that PostgreSQL has.
_FIELDS = ("kind", "action", "outcome", "actor_kind", "actor_id", "actor_user_id", "actor_name", "ip", "user_agent",
           "session_id", "request_id", "target_type", "target_id", "target_label")  # fmt: skip
_VALUES = ", ".join("host(ip)" if field == "ip" else f"{field}::text" for field in _FIELDS)

LINE = (
    f"concat('{_BEFORE_ID}', id, '{_BEFORE_AT}', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
    f" '{_BEFORE_TENANT}', tenant_id, '\",\"salt\":\"', salt,"
    f" '\",\"fields\":', json_object('{{{','.join(_FIELDS)}}}'::text[], ARRAY[{_VALUES}]),"
    " ',\"before\":', coalesce(before::text, 'null'), ',\"after\":', coalesce(after::text, 'null'), '}')"
)
# The day of the event since 1970 and for how many days it is kept, as the one number that `entries.pack` takes.
TERM = (
    "(((at AT TIME ZONE 'UTC')::date - DATE '1970-01-01') * 65536::bigint + CASE retention_class "
    + " ".join(f"WHEN '{choice}' THEN {choice.days}" for choice in RetentionClass)
    + " END)"
)
# As CSV, because COPY's own format would double every backslash. Neither mark can be in JSON of the database, which
# writes control characters as escapes, so no value is ever quoted.
_AS_IT_IS = sql.SQL(r"(FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01', ENCODING 'UTF8')")
SEPARATOR = b"\x02"

Place = tuple[int, datetime | None]  # a transaction, and a time in it; None is before every time
BEGINNING: Place = (0, None)


def id_of(line: bytes) -> UUID:
    """The key of the event in a line."""
    return UUID(line[_ID].decode())


def time_of(line: bytes) -> str:
    """The time of the event in a line: UTC with microseconds, in a form that sorts as it is."""
    return line[_AT].decode()


def copy_events(
    cursor: Any, columns: str, condition: sql.Composable, limit: int | None = None
) -> Generator[bytes, None, None]:
    """The chosen events in the order in which they are sealed, one row of bytes each, without its line end.

    `columns` is SQL made of LINE, TERM and names of columns. Flat in memory; the connection is busy meanwhile.
    """
    statement = sql.SQL(
        "COPY (SELECT {} FROM auditlog_auditevent WHERE {} ORDER BY transaction_id, at, id LIMIT {}) TO STDOUT {}"
    ).format(sql.SQL(columns), condition, sql.Literal(limit), _AS_IT_IS)
    with cursor.db.wrap_database_errors, cursor.copy(statement) as copy:
        for row in copy:
            yield bytes(row[:-1])


def between(tenant_id: UUID, begin: Place, end: Place | None = None) -> sql.Composed:
    """The condition for a tenant's events from a place on, up to but without another."""
    condition = sql.SQL("tenant_id = {} AND (transaction_id, at) >= {}").format(sql.Literal(tenant_id), _row(begin))
    return condition if end is None else sql.SQL("{} AND (transaction_id, at) < {}").format(condition, _row(end))


def _row(place: Place) -> sql.Composed:
    transaction, at = place
    moment = "-infinity" if at is None else at.isoformat()
    return sql.SQL("({}::xid8, {}::timestamptz)").format(sql.Literal(str(transaction)), sql.Literal(moment))
