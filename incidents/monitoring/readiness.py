"""Whether this process can do its work now: what a load balancer and a probe elsewhere ask for (N9)."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from time import monotonic
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from auditlog.requests.buffer import broker
from incidents.monitoring.catalogue import BY_CODE, ProbeState
from incidents.monitoring.queries import heartbeat_age
from tenants.isolation.context import tenant_scope
from vault.stores import document_store

UP, DOWN, UNKNOWN = ProbeState.UP, ProbeState.DOWN, ProbeState.UNKNOWN

# Anybody may ask, and as often as they like: an answer holds for so long.
_HOLDS_SECONDS = 2.0
_PATIENCE_SECONDS = 5.0
_OBJECT = "probes/ready"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What works: database, broker, store and migrations, and how long ago the worker did something.

    Names nothing that a stranger could use. The worker does not count: without it, pages work all the same.
    """

    checks: dict[str, ProbeState]
    worker: ProbeState
    heartbeat: timedelta | None

    @property
    def ready(self) -> bool:
        """Whether requests may be sent here."""
        return all(state == UP for state in self.checks.values())

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        age = None if self.heartbeat is None else round(self.heartbeat.total_seconds())
        return {
            "ready": self.ready,
            "checks": self.checks,
            "worker": {"state": self.worker, "heartbeat_seconds": age},
        }


_turn = threading.Lock()
_known: tuple[float, Readiness] | None = None


def readiness() -> Readiness:
    """The newest answer, at most two seconds old; never raises, and takes some five seconds at the longest."""
    global _known  # noqa: PLW0603 - one answer a process, for whoever asks
    with _turn:
        if _known is None or monotonic() - _known[0] > _HOLDS_SECONDS:
            _known = monotonic(), check()
        return _known[1]


def check() -> Readiness:
    """Look now, at everything at once."""
    pool = ThreadPoolExecutor(len(_CHECKS) + 1, thread_name_prefix="ready")
    asked = {name: pool.submit(_works, deed) for name, deed in _CHECKS.items()}
    age = pool.submit(_heartbeat)
    pool.shutdown(wait=False)
    everything: list[Future[Any]] = [*asked.values(), age]
    done, _late = wait(everything, timeout=_PATIENCE_SECONDS)
    checks = {name: UP if future in done and future.result() else DOWN for name, future in asked.items()}
    return Readiness(checks, *(age.result() if age in done else (UNKNOWN, None)))


def _works(deed: Any) -> bool:
    try:
        return deed() is not False
    except Exception:  # noqa: BLE001 - whatever it is, it does not work
        return False
    finally:
        connections.close_all()  # of this thread, which ends


def _heartbeat() -> tuple[ProbeState, timedelta | None]:
    try:
        age = heartbeat_age(timezone.now())
    except Exception:  # noqa: BLE001 - without the database nobody knows
        return UNKNOWN, None
    finally:
        connections.close_all()
    if age is None:
        return UNKNOWN, None
    return (UP if age <= BY_CODE["worker"].gap else DOWN), age


def _database() -> None:
    with tenant_scope(None), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> bool:
    """Whether the database has had every migration of this release."""
    with tenant_scope(None), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT app, name FROM applied_migrations()")
        return _needed() <= set(cursor.fetchall())


@cache
def _needed() -> frozenset[tuple[str, str]]:
    """Read from the disk once: a running process never gets newer."""
    return frozenset(MigrationLoader(None).disk_migrations)


_CHECKS = {
    "database": _database,
    "broker": lambda: broker().ping(),
    "store": lambda: document_store().exists(_OBJECT) or True,  # it answers, that is all
    "migrations": _migrations,
}
