"""Transactions on the database of the running code, whichever alias that is.

Services use these instead of `django.db.transaction`, whose default alias is wrong for the platform role and for a
tenant with a database of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tenants.isolation.context import current_tenant_id, platform_scope, tenant_scope
from tenants.isolation.placement import current_alias


@contextmanager
def atomic() -> Iterator[None]:
    """`transaction.atomic()` on the current alias; as a decorator, the alias is found at each call."""
    with transaction.atomic(using=current_alias()):
        yield


@contextmanager
def tenant_transaction(tenant_id: Any) -> Iterator[None]:
    """Enter a tenant and open a transaction for it: the usual way in for code without a request."""
    with tenant_scope(tenant_id), atomic():
        yield


@contextmanager
def platform_transaction() -> Iterator[None]:
    """Work across tenants as the platform role, in one transaction."""
    with platform_scope(), atomic():
        yield


def on_commit(effect: Callable[[], Any]) -> None:
    """Run an effect once the current transaction is committed, and never if it is not.

    It runs for the tenant that is in scope now, although the transaction may end in another one's: an operator's
    request to a company is written from within the provider's.
    """
    tenant_id = current_tenant_id()

    def scoped() -> None:
        with tenant_scope(tenant_id):
            effect()

    transaction.on_commit(scoped, using=current_alias())


def take_turns(what: str) -> None:
    """Wait until no other transaction of this tenant has the same turn; it ends with the transaction.

    For rules about many rows at once (a limit, a last one), which no lock on one row can keep.
    """
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_tenant_id()}:{what}"])


def current_connection() -> BaseDatabaseWrapper:
    """The connection of the running code, for the few places that speak SQL."""
    return connections[current_alias()]
