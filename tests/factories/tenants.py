"""Tenants with their keys."""

from typing import Any

from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from vault.keys import key_store


def make_tenant(company_code: str, name: str = "", **fields: Any) -> Tenant:
    """A tenant, made as the platform role: the test must use that alias, and commit if another alias is to see it."""
    with platform_transaction():
        tenant = Tenant(company_code=company_code, name=name or company_code.title(), **fields)
        tenant.full_clean()
        tenant.save(force_insert=True)
    key_store().create_tenant_keys(tenant.id)
    return tenant
