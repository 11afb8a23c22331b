"""How the subcommands show a tenant to machines."""

from typing import Any

from tenants.models import Tenant


def described(tenant: Tenant) -> dict[str, Any]:
    """A tenant for machines."""
    return {
        "id": tenant.id,
        "company_code": tenant.company_code,
        "name": tenant.name,
        "plan": tenant.plan_code,
        "edition": tenant.edition,
        "state": tenant.state,
        "is_provider": tenant.is_provider,
        "created_at": tenant.created_at.isoformat(),
    }
