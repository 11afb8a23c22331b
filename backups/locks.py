"""One process at a time works on the backups of a tenant, and one on a run of all of them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from backups.errors import RunningAlready
from tenants.isolation.context import tenant_scope

_LOCK = "SELECT set_config('idle_in_transaction_session_timeout', '0', true), pg_try_advisory_xact_lock(%s)"
# Connections that hold no lock at present, for the next one; None where none are kept. A thread begins with none.
_idle: ContextVar[list[BaseDatabaseWrapper] | None] = ContextVar("idle_connections_of_locks", default=None)


@contextmanager
def exclusive(tenant_id: UUID, what: str = "backups") -> Iterator[None]:
    """Hold the tenant's backups, or another work of that name for it, alone, or raise RunningAlready at once.

    The lock belongs to a transaction on a connection of its own: it ends with the process, however that ends, and it
    holds behind a pooler, where a session is nobody's. The transaction sees nothing, so it holds no vacuum back.
    """
    with _alone(f"{what} {tenant_id}"):
        yield


@contextmanager
def exclusive_run() -> Iterator[None]:
    """Be the only run of all companies, or raise RunningAlready at once."""
    with _alone("backups of everybody"):
        yield


@contextmanager
def kept_connections() -> Iterator[None]:
    """Inside the block locks, one after the other, share a connection: to open one takes longer than what many of them
    guard. All are closed at its end."""
    idle: list[BaseDatabaseWrapper] = []
    token = _idle.set(idle)
    try:
        yield
    finally:
        _idle.reset(token)
        for connection in idle:
            connection.close()


@contextmanager
def _alone(what: str) -> Iterator[None]:
    with _transaction() as connection:
        with tenant_scope(None), connection.cursor() as cursor:
            cursor.execute(_LOCK, [_key(what)])
            _patience, taken = cursor.fetchone()
        if not taken:
            raise RunningAlready
        yield


@contextmanager
def _transaction() -> Iterator[BaseDatabaseWrapper]:
    """A transaction on a connection that nobody else uses meanwhile; it is rolled back."""
    connection = _free_connection()
    try:
        yield connection
    finally:
        with tenant_scope(None):
            _let_go(connection)


def _free_connection() -> BaseDatabaseWrapper:
    """An idle one, unless the server ended it, or one that is opened."""
    idle = _idle.get() or []
    while idle:
        connection = idle.pop()
        if connection.is_usable():
            return connection
        connection.close()
    opened = connections[DEFAULT_DB_ALIAS].copy()
    with tenant_scope(None):
        opened.set_autocommit(False)
    return opened


def _let_go(connection: BaseDatabaseWrapper) -> None:
    # The server notices a closed connection a moment later; the next step of the same run must not be refused.
    with suppress(Error):
        connection.rollback()
        if (idle := _idle.get()) is not None:
            idle.append(connection)
            return
    connection.close()


def _key(what: str) -> int:
    """64 bits that no other lock in the database, and no other tenant, is likely to use."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
