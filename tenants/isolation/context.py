"""Which tenant the running code works for: one ContextVar, set by `tenant_scope()` and read by everything else.

The database backend (`tenants.isolation.database`) carries the value into each transaction, the manager
(`tenants.isolation.models`) into each query. Nothing else decides the tenant.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_tenant_id: ContextVar[UUID | None] = ContextVar("tenant_id", default=None)
_platform: ContextVar[bool] = ContextVar("platform", default=False)


class NoTenant(RuntimeError):  # noqa: N818 - reads as the statement it is: there is no tenant
    """Tenant data was touched by code that runs for no tenant."""

    def __init__(self, message: str = "No tenant is set: enter tenant_scope() before touching tenant data.") -> None:
        super().__init__(message)


class WrongTenant(RuntimeError):  # noqa: N818
    """A query that was built for one tenant was about to run for another."""


def current_tenant_id() -> UUID | None:
    """The tenant that the code works for, or None."""
    return _tenant_id.get()


def require_tenant_id() -> UUID:
    """The tenant that the code works for; raises NoTenant when there is none."""
    tenant_id = _tenant_id.get()
    if tenant_id is None:
        raise NoTenant
    return tenant_id


def on_platform() -> bool:
    """Whether queries go to the platform role (see `platform_scope`)."""
    return _platform.get()


@contextmanager
def tenant_scope(tenant_id: UUID | None) -> Iterator[None]:
    """Work for one tenant inside the block, or with `None` for no tenant at all.

    Scopes nest, and the outer one is back when the inner one ends, also after an exception. A transaction may be open:
    the backend brings it in line before the next statement.
    """
    if tenant_id is not None and not isinstance(tenant_id, UUID):
        raise TypeError(f"tenant_scope() takes a UUID or None, not {type(tenant_id).__name__}")
    token = _tenant_id.set(tenant_id)
    try:
        yield
    finally:
        _tenant_id.reset(token)


@contextmanager
def platform_scope(active: bool = True) -> Iterator[None]:
    """Send queries to the `platform` alias inside the block, for the provider's own work across tenants.

    The platform role sees only the tables that grant it something, through a policy of its own. Writing tenant rows
    still needs a `tenant_scope()` inside, because the manager asks for one. With False, queries go to the database of
    the tenant again, whatever the code outside does.
    """
    token = _platform.set(active)
    try:
        yield
    finally:
        _platform.reset(token)
