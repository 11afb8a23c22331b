"""Reads of contracts: what was agreed, and how much of it is used (T7)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.queries import accounts_in_use
from documents.queries import storage_used
from tenants.isolation.transactions import platform_transaction
from tenants.limits import Use
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class PlanUse:
    """What a company uses of what its plan allows."""

    users: Use
    storage: Use


def plan_use(tenant: Tenant) -> PlanUse:
    """The use of the tenant in scope, which is this one."""
    return PlanUse(Use(accounts_in_use(), tenant.plan.users), Use(storage_used(), tenant.plan.storage_bytes))


def find_tenant(tenant_id: UUID) -> Tenant | None:
    """The tenant of a key, as the platform role."""
    with platform_transaction():
        return Tenant.objects.filter(id=tenant_id).first()


def contract_page(
    *, search: str = "", state: str = "", plan: str = "", number: Any = 1, size: int = 25
) -> Page[Tenant]:
    """One page of the contracts in a state, of a plan, with a text in code or name; read in full, as the platform."""
    chosen = {field: value for field, value in (("state", state), ("plan_code", plan)) if value}
    tenants = Tenant.objects.filter(**chosen).order_by("company_code")
    if search:
        tenants = tenants.filter(Q(company_code__icontains=search) | Q(name__icontains=search))
    with platform_transaction():
        page = Paginator(tenants, size).get_page(number)
        page.object_list = list(page.object_list)
    return page
