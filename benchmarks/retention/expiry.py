"""A partition that is dropped, beside the DELETE of as many rows (G5).

Two days of the same events, in the product's own table with its indexes. One goes as the product does it: the events of
each company are counted, the partition is dropped, and the log says so. The other goes by DELETE in batches, as the
owner of the table, with the VACUUM that gives the room back. Meanwhile somebody writes to the log all the time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from time import perf_counter
from typing import Any
from uuid import UUID

from django.conf import settings

from auditlog.actors import Actor
from auditlog.partitions import make_partitions_of
from auditlog.retention.expiry import drop_expired
from benchmarks.filling import bulk
from benchmarks.reporting import Result, milliseconds
from benchmarks.server import admin
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id

GOAL = 100
# Blocks of the table whose rows go in one transaction: the cheapest way to find a batch, since it needs no index.
_BATCH = 1_000
_FILL = """
    INSERT INTO auditlog_auditevent (
        tenant_id, id, at, retention_class, kind, action, outcome, actor_kind, actor_id, actor_user_id, actor_name, ip,
        user_agent, session_id, request_id, target_type, target_id, target_label, before, after)
    SELECT (%s::uuid[])[1 + n %% %s], overlay(gen_random_uuid()::text PLACING '7' FROM 15)::uuid,
        %s::timestamptz + n * interval '10 milliseconds', 'd30', 'data', 'documents.read', 'success', 'user',
        gen_random_uuid(), 'erin' || n %% 50, 'Erin Example', '192.0.2.17',
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
        gen_random_uuid(), md5(n::text), 'documents.document', gen_random_uuid()::text,
        '契約書/2026年/請求書' || n || '.pdf', NULL, jsonb_build_object('size', n, 'version', n %% 7)
    FROM generate_series(1, %s) AS n
"""
_BLOCKS = "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int"
_COMPANIES = 10
_COUNT = "SELECT tenant_id, count(*) FROM auditlog_auditevent_d30_{} GROUP BY tenant_id"


def measure(options: Any) -> list[Result]:
    """Fill two days that are past their time, and let them go."""
    tenants = [new_id() for _ in range(_COMPANIES)]
    today = datetime.now(UTC).date()
    deleted, dropped = today - timedelta(days=31), today - timedelta(days=32)
    with bulk() as cursor:
        for day in (deleted, dropped):
            make_partitions_of("d30", day, day)
            begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
            cursor.execute(_FILL, [tenants, len(tenants), begin, options.events])
    result = Result(
        f"Expiry: {options.events:,} events of a day", ("", "ms", "longest wait of a writer, ms", "DELETE / this")
    )
    deletion = _add(result, "DELETE in batches", tenants[0], lambda: _delete(deleted))
    _add(
        result,
        "VACUUM after it",
        tenants[0],
        lambda: _run(f"VACUUM auditlog_auditevent_d30_{deleted:%Y%m%d}"),
        deletion,
    )
    _run(f"DROP TABLE auditlog_auditevent_d30_{deleted:%Y%m%d}")
    counting = _add(result, "count of each company", tenants[0], lambda: _run(_COUNT.format(f"{dropped:%Y%m%d}")))
    whole = _add(result, "drop as the product does it", tenants[0], lambda: _drop(tenants[0], options.events), deletion)
    alone = max(whole - counting, 0.001)
    name = "of it without the count"
    result.add(name, milliseconds(alone), "", f"{deletion / alone:,.0f}", name=name, seconds=alone)
    result.notes.append(f"Goal: {GOAL} times as fast as DELETE. The count takes no lock that anybody waits for.")
    return [result]


def _add(result: Result, name: str, tenant_id: UUID, work: Any, deletion: float = 0) -> float:
    with _writer(tenant_id) as waits:
        started = perf_counter()
        work()
        seconds = perf_counter() - started
    ratio = f"{deletion / seconds:,.1f}" if deletion else ""
    longest = max(waits, default=0)
    result.add(name, milliseconds(seconds), milliseconds(longest), ratio, name=name, seconds=seconds, waited=longest)
    return seconds


@contextmanager
def _writer(tenant_id: UUID) -> Iterator[list[float]]:
    """Somebody who writes to the log without a pause; how long each event took."""
    waits: list[float] = []
    over = Event()

    def write() -> None:
        with admin(settings.DATABASE) as connection:
            while not over.is_set():
                started = perf_counter()
                connection.execute(_FILL, [[tenant_id], 1, datetime.now(UTC), 1])
                waits.append(perf_counter() - started)

    thread = Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def _delete(day: date) -> None:
    table = f"auditlog_auditevent_d30_{day:%Y%m%d}"
    with admin(settings.DATABASE) as connection:
        blocks = connection.execute(_BLOCKS, [table]).fetchone() or (0,)
        for first in range(0, blocks[0], _BATCH):
            window = f"ctid >= '({first},0)' AND ctid < '({first + _BATCH},0)'"
            connection.execute(f"DELETE FROM {table} WHERE {window}")  # type: ignore[call-overload]  # as below


def _drop(provider_id: UUID, rows: int) -> None:
    with tenant_scope(provider_id):
        done = drop_expired(actor=Actor.system("benchmark"))
    assert list(done.dropped.values()) == [rows], done


def _run(statement: str) -> None:
    with admin(settings.DATABASE) as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # put together from constants and a date
