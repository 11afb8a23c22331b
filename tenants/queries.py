"""Reads of the directory of tenants."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q

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


def tenant_page(*, search: str = "", state: str = "", number: Any = 1, size: int = 25) -> Page[Tenant]:
    """One page of the tenants in a state, with a text in code or name; read in full, as the platform role."""
    tenants = Tenant.objects.order_by("company_code")
    if state:
        tenants = tenants.filter(state=state)
    if search:
        tenants = tenants.filter(Q(company_code__icontains=search) | Q(name__icontains=search))
    with platform_transaction():
        page = Paginator(tenants, size).get_page(number)
        page.object_list = list(page.object_list)
    return page


def tenants_by_id(tenant_ids: Iterable[UUID]) -> dict[UUID, Tenant]:
    """Tenants of any state by their keys, as the platform role."""
    with platform_transaction():
        return Tenant.objects.in_bulk(list(tenant_ids))


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
