"""Reads of the directory of tenants."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from tenants.isolation.context import require_tenant_id, tenant_scope
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant


def current_tenant() -> Tenant:
    """The tenant that the code works for; its own row is the only one that it may see."""
    return Tenant.objects.get(id=require_tenant_id())


def all_tenants() -> list[Tenant]:
    """Every tenant, as the platform role: for operators and jobs."""
    with platform_transaction():
        return list(Tenant.objects.order_by("company_code"))


def open_tenants() -> list[Tenant]:
    """The tenants whose data the jobs of the day work on."""
    return [tenant for tenant in all_tenants() if tenant.state not in {State.SUSPENDED, State.ERASED}]


def tenant_by_code(code: str) -> Tenant | None:
    """The tenant of a company code, as the platform role."""
    with platform_transaction():
        return Tenant.objects.filter(company_code=code).first()


@contextmanager
def provider_scope() -> Iterator[UUID]:
    """Enter the provider's own tenant; raises Tenant.DoesNotExist on a fresh installation."""
    with platform_transaction():
        provider_id = Tenant.objects.get(is_provider=True).id
    with tenant_scope(provider_id):
        yield provider_id
