"""Reads of contracts: what was agreed, and how much of it is used (T5, T7)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.queries import accounts_in_use
from documents.queries import storage_used
from tenants.contract.models import Organisation
from tenants.isolation.definers import declare_definer
from tenants.isolation.roles import PLATFORM
from tenants.isolation.transactions import current_connection, platform_transaction
from tenants.limits import Use
from tenants.models import Tenant

declare_definer(
    "tenant_use(uuid[])",
    executors={PLATFORM},
    purpose="how many users and bytes some tenants have, for their contracts",
)


@dataclass(frozen=True, slots=True)
class PlanUse:
    """What a company uses of what its plan allows."""

    users: Use
    storage: Use


@dataclass(frozen=True, slots=True)
class Contract:
    """One line of the list of contracts."""

    tenant: Tenant
    use: PlanUse


def plan_use(tenant: Tenant) -> PlanUse:
    """The use of the tenant in scope, which is this one."""
    return _use(tenant, accounts_in_use(), storage_used())


def uses_of(tenants: Collection[Tenant]) -> dict[UUID, PlanUse]:
    """The use of each of these tenants, in one question, as the platform role: inside its transaction."""
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT * FROM tenant_use(%s)", [[tenant.id for tenant in tenants]])
        counted = {tenant_id: (users, storage) for tenant_id, users, storage in cursor.fetchall()}
    return {tenant.id: _use(tenant, *counted[tenant.id]) for tenant in tenants}


def find_tenant(tenant_id: UUID) -> Tenant | None:
    """The tenant of a key, as the platform role."""
    with platform_transaction():
        return Tenant.objects.filter(id=tenant_id).first()


def contract_of(tenant_id: UUID) -> Contract | None:
    """The contract of a tenant with its use, as the platform role."""
    with platform_transaction():
        tenant = Tenant.objects.filter(id=tenant_id).first()
        return None if tenant is None else Contract(tenant, uses_of([tenant])[tenant.id])


def contract_page(
    *, search: str = "", state: str = "", plan: str = "", number: Any = 1, size: int = 25
) -> Page[Contract]:
    """One page of the contracts in a state, of a plan, with a text in code or name; read in full, as the platform."""
    chosen = {field: value for field, value in (("state", state), ("plan_code", plan)) if value}
    tenants = Tenant.objects.filter(**chosen).order_by("company_code")
    if search:
        tenants = tenants.filter(Q(company_code__icontains=search) | Q(name__icontains=search))
    with platform_transaction():
        page: Page[Any] = Paginator(tenants, size).get_page(number)
        found = list(page.object_list)
        uses = uses_of(found)
        page.object_list = [Contract(tenant, uses[tenant.id]) for tenant in found]
    return page


def organisation_of(tenant: Tenant) -> Organisation:
    """The organisation record; one with nothing but the name, not saved, where none was ever written.

    A company sees its own only; operators ask as the platform role.
    """
    found = Organisation.objects.filter(tenant_id=tenant.id).first()
    return found or Organisation(tenant_id=tenant.id, name=tenant.name)


def organisation_record(tenant: Tenant) -> Organisation:
    """The same, as the platform role."""
    with platform_transaction():
        return organisation_of(tenant)


def _use(tenant: Tenant, users: int, storage: int) -> PlanUse:
    return PlanUse(Use(users, tenant.plan.users), Use(storage, tenant.plan.storage_bytes))
