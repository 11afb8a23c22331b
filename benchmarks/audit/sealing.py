"""Sealing, verification, export and its check: events per second on one processor.

Counted is the processor time of this process and of its backend in the database together, as if they shared one core;
by the clock they work side by side. Parallel queries are off, so that the backend is one process.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.db import connections

from auditlog.actors import Actor
from auditlog.sealing.exporting import export_log
from auditlog.sealing.headchecks import verify_heads
from auditlog.sealing.sealer import seal
from auditlog.sealing.verifying import verify_tenant
from benchmarks.filling import bulk
from benchmarks.measuring import processor_time
from benchmarks.reporting import Result
from benchmarks.server import admin
from tenants.isolation.models import new_id
from tenants.isolation.transactions import tenant_transaction

SEALING_GOAL, VERIFICATION_GOAL = 50_000, 100_000
_EVENTS = """
    INSERT INTO auditlog_auditevent (
        tenant_id, id, at, retention_class, kind, action, outcome, actor_kind, actor_id, actor_user_id, actor_name, ip,
        user_agent, session_id, request_id, target_type, target_id, target_label, before, after)
    SELECT (%s::uuid[])[1 + n %% %s], overlay(gen_random_uuid()::text PLACING '7' FROM 15)::uuid,
        now() - interval '1 hour' + n * interval '1 millisecond', 'd180', 'data', 'documents.read', 'success', 'user',
        gen_random_uuid(), 'erin' || n %% 50, 'Erin Example', '192.0.2.17',
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
        gen_random_uuid(), md5(n::text), 'documents.document', gen_random_uuid()::text,
        '契約書/2026年/請求書' || n || '.pdf', NULL, jsonb_build_object('size', n, 'version', n %% 7)
    FROM generate_series(%s, %s) AS n
"""
_BATCH = 500  # events in one transaction


def measure(options: Any) -> list[Result]:
    """Fill a log, then seal, verify and export it."""
    tenants = [new_id() for _ in range(options.tenants)]
    with admin(settings.DATABASE) as connection:
        connection.execute(f'ALTER DATABASE "{settings.DATABASE}" SET max_parallel_workers_per_gather = 0')
    write_events(tenants, options.events)
    result = Result(
        f"{options.events:,} events of {len(tenants)} tenants",
        ("", "by the clock, s", "processor, s", "of it here, s", "events/s by the clock", "events/s on one processor"),
    )
    _add(result, "seal", options.events, ["platform"], lambda: seal(tenants).events)
    _add(result, "verify", options.events, ["platform"], lambda: sum(verify_tenant(one).events for one in tenants))
    memory = _peak()
    _add(result, "export", options.events, ["default", "platform"], lambda: sum(map(_exported, tenants)))
    result.notes.append(f"The export took {_peak() - memory:.0f} MiB more than what came before it at its peak.")
    assert verify_heads().finding is None
    result.notes.append(
        f"Goals: seal at least {SEALING_GOAL:,}, verify at least {VERIFICATION_GOAL:,} on one processor."
    )
    return [result]


def write_events(tenants: list[Any], count: int) -> None:
    """So many events of the last hour, of each tenant in turn."""
    with bulk() as cursor:
        for first in range(0, count, _BATCH):
            last = min(first + _BATCH, count) - 1
            cursor.execute(_EVENTS, [tenants, len(tenants), first, last])


def _add(result: Result, name: str, events: int, aliases: list[str], work: Callable[[], int]) -> None:
    backends = [_backend(alias) for alias in aliases]
    before, here, started = processor_time(backends), process_time(), perf_counter()
    done = work()
    clock, here = perf_counter() - started, process_time() - here
    processor = here + processor_time(backends) - before
    assert done == events, f"{name} did {done} of {events}"
    cells = (f"{clock:.2f}", f"{processor:.2f}", f"{here:.2f}", f"{events / clock:,.0f}", f"{events / processor:,.0f}")
    result.add(name, *cells, name=name, clock=clock, processor=processor, here=here, per_second=events / processor)


def _exported(tenant_id: Any) -> int:
    now = datetime.now(UTC)
    with tenant_transaction(tenant_id):
        export = export_log(now - timedelta(days=1), now - timedelta(minutes=1), actor=Actor.command())
    for _line in export:
        pass
    return export.events


def _peak() -> float:
    """The most memory that this process has had up to now, in MiB."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _backend(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
