"""One process at a time works on the backups of a tenant, and one on a run of all of them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connections

from backups.errors import RunningAlready
from tenants.isolation.context import tenant_scope


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
def _alone(what: str) -> Iterator[None]:
    connection = connections[DEFAULT_DB_ALIAS].copy()
    try:
        with tenant_scope(None):
            connection.set_autocommit(False)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(what)])
                (taken,) = cursor.fetchone()
        if not taken:
            raise RunningAlready
        yield
    finally:
        with tenant_scope(None):
            # The server notices a closed connection a moment later; the next step of the same run must not be refused.
            with suppress(Error):
                connection.rollback()
            connection.close()


def _key(what: str) -> int:
    """64 bits that no other lock in the database, and no other tenant, is likely to use."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
