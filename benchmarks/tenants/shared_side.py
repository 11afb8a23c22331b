"""Sekisho's side: one schema for all tenants, measured by the product's own services and commands."""

from django.core.management import call_command
from django.db import connections

from auditlog.actors import Actor
from benchmarks.measuring import timed
from benchmarks.tenants.blueprint import APP_LABEL, TABLES, seed
from benchmarks.tenants.shared_schema import models
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PlanCode
from tenants.services import FirstUser, create_provider, create_tenant

_ADMIN = FirstUser(user_id="admin", name="First Administrator", email="admin@example.com")


def prepare() -> None:
    """The provider, without whom no tenant can be created."""
    create_provider(company_code="PROVIDER", name="Provider", operator=_ADMIN, actor=Actor.command())


def fill(size: int) -> None:
    """Bring the number of tenants up to `size`, each with the rows of `seed()`; not measured, so all at once."""
    # The numbers of the tenants are the keys of everything: no look-up is needed to let rows refer to each other.
    key = "md5('{}' || number)::uuid".format
    new = f"FROM generate_series((SELECT count(*) FROM tenants_tenant) + 1, {size}) AS number"
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE new_tenants AS SELECT number " + new)
        new = "FROM new_tenants"
        cursor.execute(
            "INSERT INTO tenants_tenant (id, company_code, name, plan_code, edition, state, is_provider, placement,"
            f" time_zone, created_at) SELECT {key('Tenant')}, 'FILL-' || number, 'Filling ' || number, 'standard',"
            f" 'public', 'active', false, 'default', 'Asia/Tokyo', now() {new}"
        )
        for name, targets in TABLES.items():
            columns = "".join(f", {target.lower()}_id" for target in targets)
            values = "".join(f", {key(target)}" for target in targets)
            cursor.execute(
                f"INSERT INTO {APP_LABEL}_{name.lower()} (tenant_id, id, code, name, amount, created_at{columns})"
                f" SELECT {key('Tenant')}, {key(name)}, '{name.lower()}', '{name}', 0, now(){values} {new}"
            )
        cursor.execute("DROP TABLE new_tenants")
        cursor.execute("ANALYZE")


def create_by_service(number: int) -> float:
    """Seconds for the product's own way: checks, directory, keys, roles, first user, invitation, audit events."""
    return timed(
        lambda: create_tenant(
            company_code=f"MADE-{number}",
            name=f"Made {number}",
            plan=PlanCode.STANDARD,
            admin=_ADMIN,
            actor=Actor.command(),
        )
    )


def create_and_seed(number: int) -> tuple[float, float]:
    """Seconds for what the other side does: an empty tenant, then a first row in each of the twenty tables."""
    tenant = Tenant(company_code=f"SEED-{number}", name=f"Seeded {number}")
    return timed(lambda: _create(tenant)), timed(lambda: _seed(tenant))


def _create(tenant: Tenant) -> None:
    with platform_transaction():
        tenant.save(force_insert=True)


def _seed(tenant: Tenant) -> None:
    with tenant_transaction(tenant.id):
        seed(models)


def migrate_nothing() -> float:
    """Seconds of `migrate` when there is nothing to do."""
    return timed(lambda: call_command("migrate", verbosity=0))


def migrate_field() -> float:
    """Seconds of `migrate` with one new column."""
    call_command("migrate", APP_LABEL, "0001", verbosity=0)
    return timed(lambda: call_command("migrate", APP_LABEL, "0002", verbosity=0))


def count_relations() -> int:
    """Rows of `pg_class`: what every backend has to keep in mind."""
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class")
        return int(cursor.fetchone()[0])
