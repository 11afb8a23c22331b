"""Reading the log at ten million events: a page of each condition, trails, the chart. Milliseconds by the clock.

Nine of ten events are of one company, spread over 180 days. Measured is what the page asks of the database, with the
rows made into objects; the rest of a page does not depend on how many events there are.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connections
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from auditlog.filters import EventFilter
from auditlog.periods import Period
from auditlog.queries import Position, events, events_by, page_of
from auditlog.trails import by_kind, by_person, events_on
from auditlog.volume import volume_of
from benchmarks.measuring import processor_time, timed
from benchmarks.reporting import Result, milliseconds
from benchmarks.server import admin
from tenants.isolation.models import new_id
from tenants.isolation.transactions import tenant_transaction

GOAL = 0.05  # seconds, for the first page and a page with a condition
DAYS = 180
_USERS, _DOCUMENTS, _FOLDERS = 2_000, 200_000, 500
_LARGE, _OTHER = new_id(), new_id()
_TABLE = "auditlog_auditevent"
_EVENTS = f"""
    INSERT INTO {_TABLE} (
        tenant_id, id, at, retention_class, kind, action, outcome, actor_kind, actor_id, actor_user_id, actor_name, ip,
        user_agent, session_id, request_id, target_type, target_id, target_label)
    SELECT CASE WHEN n %% 10 = 0 THEN %(other)s ELSE %(large)s END,
        (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid,
        at, 'd180', kind,
        CASE WHEN n %% 200 = 3 THEN 'documents.file.downloaded' ELSE kind || '.' || n %% 17 END,
        CASE WHEN n %% 1009 = 0 THEN 'denied' WHEN n %% 211 = 0 THEN 'failure' ELSE 'success' END,
        'user', lpad(to_hex(who), 32, '0')::uuid, 'user-' || who, 'User ' || who,
        '203.0.0.0'::inet + who, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', NULL, md5(n::text),
        'documents.document', lpad(to_hex(what), 8, '0') || '-0000-7000-8000-000000000000',
        'Folder ' || what %% {_FOLDERS} || '/Document ' || what || '.pdf'
    FROM (
        SELECT n, %(end)s - n * interval '1 day' * {DAYS} / %(events)s AS at,
            hashint4(n) & 2047 AS who, hashint4(n + 7) & 262143 AS what,
            CASE WHEN n %% 10 < 6 THEN 'data' WHEN n %% 10 < 9 THEN 'screen' WHEN n %% 1000 = 9 THEN 'rights'
                WHEN n %% 1000 = 19 THEN 'users' ELSE 'login' END AS kind
        FROM generate_series(%(events)s, 1, -1) AS n
    ) AS made
"""


def measure(options: Any) -> list[Result]:
    """Fill a log, then read it."""
    now = timezone.now()
    _fill(options.viewed, now)
    pages = Result(
        f"Reading {options.viewed:,} events, {options.viewed * 9 // 10:,} of them of the company that reads",
        ("", "median, ms", "95 % within, ms", "processor of the database, ms", "queries", "found"),
    )
    chance = random.Random(1)
    missed = []
    for name, (has_goal, work) in _readings(now, chance).items():
        queries, found = _counted(work)
        backend = _backend()
        used = -processor_time([backend])
        times = [_once(work) for _ in range(options.rounds)]
        used = (used + processor_time([backend])) / options.rounds
        middle, high = median(times), quantiles(times, n=20)[-1]
        cells = milliseconds(middle), milliseconds(high), milliseconds(used), str(queries), f"{found:,}"
        pages.add(name, *cells, name=name, median=middle, processor=used)
        if has_goal and used > GOAL:
            missed.append(name)
    verdict = f"missed by {', '.join(missed)}" if missed else "met"
    pages.notes.append(f"Goal, at most 50 ms of the database for a page of what occurs: {verdict}.")
    return [pages]


def _readings(now: datetime, chance: random.Random) -> dict[str, tuple[bool, Callable[[], int]]]:
    """Each reading, whether the goal is for it, and what it does; it tells how many it found."""

    def page(**query: str) -> Callable[[], int]:
        return lambda: _page(query)

    def somebody() -> int:
        return chance.randrange(_USERS)

    def document() -> str:
        return str(UUID(f"{chance.randrange(_DOCUMENTS):08x}-0000-7000-8000-000000000000"))

    def deep() -> int:
        return _page({"period": "all"}, Position(now - timedelta(days=chance.randrange(90, 170)), UUID(int=0)))

    def person() -> tuple[UUID, str]:
        who = somebody()
        return UUID(int=who), f"user-{who}"

    return {
        "first page, 30 days": (True, page()),
        "first page, everything": (True, page(period="all")),
        "a page far back": (True, deep),
        "user": (True, lambda: _page({"user": f"user-{somebody()}"})),
        "address": (True, lambda: _page({"ip": f"203.0.{chance.randrange(8)}.{chance.randrange(250)}"})),
        "network": (True, page(ip="203.0.3.0/24")),
        "kind that is frequent": (True, page(kind="data")),
        "kind that is rare": (True, page(kind="rights")),
        "action": (True, lambda: _page({"action": "documents.file.downloaded"})),
        "result: denied": (True, page(outcome="denied")),
        "target": (True, lambda: _page({"target": document(), "period": "all"})),
        "user and kind": (True, lambda: _page({"user": f"user-{somebody()}", "kind": "rights"})),
        "text that occurs": (True, page(q="Folder 7/")),
        "text that does not": (False, page(q="Nowhere")),
        "trail of a document": (
            False,
            lambda: len(by_person(_ever(events_on("documents.document", document())))),
        ),
        "trail of a user": (False, lambda: len(by_kind(_ever(events_by(*person()))))),
        "chart, 30 days": (False, lambda: _chart("30d")),
        "chart, everything": (False, lambda: _chart("all")),
    }


def _asked(query: dict[str, str]) -> EventFilter:
    asked = QueryDict(mutable=True)
    asked.update(query)
    return EventFilter(asked, events())


def _page(query: dict[str, str], before: Position | None = None) -> int:
    asked = _asked(query)
    return len(page_of(asked.qs, span=asked.span, before=before).events)


def _ever(chosen: Any) -> Any:
    return EventFilter(QueryDict(), chosen, default_period=Period.ALL).qs


def _chart(period: str) -> int:
    asked = _asked({"period": period})
    return volume_of(asked.qs, asked.span, days=asked.days).total


def _backend() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _once(work: Callable[[], int]) -> float:
    with tenant_transaction(_LARGE):
        return timed(work)


def _counted(work: Callable[[], int]) -> tuple[int, int]:
    """How many queries it takes, and what it finds; the first time warms the cache up."""
    with tenant_transaction(_LARGE), CaptureQueriesContext(connections["default"]) as captured:
        found = work()
    return len(captured), found


def _fill(count: int, now: datetime) -> None:
    """By the owner, into partitions of the past; the indexes are made afterwards, which is quicker."""
    with admin(settings.DATABASE) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET session_replication_role = replica")
        first = now.astimezone(UTC).date() - timedelta(days=DAYS + 1)
        last = first + timedelta(days=DAYS + 2)
        cursor.execute("SELECT auditlog_make_partitions('d180', %s::date, %s::date)", [first, last])
        with _without_indexes(cursor):
            cursor.execute(_EVENTS, {"events": count, "end": now, "large": _LARGE, "other": _OTHER})
        cursor.execute(f"VACUUM (ANALYZE) {_TABLE}")


@contextmanager
def _without_indexes(cursor: "psycopg.ClientCursor[Any]") -> Iterator[None]:
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname LIKE 'auditlog_event_%%'",
        [_TABLE],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
