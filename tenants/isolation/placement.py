"""Where a tenant's rows are: the router and the alias of the running code (T2, `Tenant.placement`).

Every tenant of the Public edition is in `default`. A Private edition has a database of its own under an alias that
starts with `private_`; the directory in the control database says which.
"""

from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from tenants.isolation.assets import Asset, TableKind
from tenants.isolation.context import current_tenant_id, on_platform, tenant_scope
from tenants.isolation.definers import declare_definer
from tenants.isolation.roles import APP, PLATFORM

OWNER_ALIAS = "owner"
PLATFORM_ALIAS = "platform"
PRIVATE_PREFIX = "private_"
# Databases that live for the length of a restore drill (`backups.drills`). No tenant is ever placed in one.
SCRATCH_PREFIX = "scratch_"

_CACHE_SECONDS = 60.0
_cache: dict[UUID, tuple[float, str]] = {}

declare_definer("tenant_placement(uuid)", executors={APP, PLATFORM}, purpose="the database alias of one tenant")


def current_alias() -> str:
    """The database alias for tenant data that the running code works with."""
    if on_platform():
        return PLATFORM_ALIAS
    tenant_id = current_tenant_id()
    return DEFAULT_DB_ALIAS if tenant_id is None else placement_of(tenant_id)


def placement_of(tenant_id: UUID) -> str:
    """The alias of a tenant's database; unknown tenants are at `default`, where they find nothing."""
    if not any(alias.startswith(PRIVATE_PREFIX) for alias in settings.DATABASES):
        return DEFAULT_DB_ALIAS
    known = _cache.get(tenant_id)
    if known is None or known[0] < monotonic():
        known = (monotonic() + _CACHE_SECONDS, _ask_directory(tenant_id))
        _cache[tenant_id] = known
    return known[1]


def forget_placements() -> None:
    """Drop what is remembered, after a tenant was moved."""
    _cache.clear()


def _ask_directory(tenant_id: UUID) -> str:
    with tenant_scope(None), transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT tenant_placement(%s)", [tenant_id])
        (alias,) = cursor.fetchone()
    return alias if alias in settings.DATABASES else DEFAULT_DB_ALIAS


class PlacementRouter:
    """Sends each query to the database of its tenant, and the provider's own tables to the control database."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """The alias for a read."""
        asset: Any = getattr(model, "asset", None)
        if isinstance(asset, Asset) and asset.kind is not TableKind.TENANT:
            return PLATFORM_ALIAS if on_platform() else DEFAULT_DB_ALIAS
        return current_alias()

    db_for_write = db_for_read

    def allow_relation(self, obj1: models.Model, obj2: models.Model, **hints: Any) -> bool:
        """Rows meet across aliases, because roles of one database are aliases too; tenants do not."""
        return getattr(obj1, "tenant_id", None) == getattr(obj2, "tenant_id", None)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only the owner may change the schema."""
        return db == OWNER_ALIAS or db.startswith((PRIVATE_PREFIX, SCRATCH_PREFIX))
