"""The django-tenants side as a process: creates tenants and migrates them until its time is over.

Says what it does and how long it took, one JSON object a line, so that nothing is lost when it is stopped in between.
"""

import argparse
import json
import os
from collections.abc import Callable

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.measuring import timed
from benchmarks.tenants.blueprint import APP_LABEL, seed

EXECUTORS = ("standard", "multiprocessing")


def say(**words: object) -> None:
    """One line to whoever started this process."""
    print(json.dumps(words), flush=True)


def main() -> None:
    """Work through the sizes; whoever started this process stops it when its time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", required=True)
    parser.add_argument("--samples", type=int, required=True)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.tenants.schema_per_tenant.settings"
    django.setup()
    say(size=0, doing="the shared tables and the template")
    call_command("migrate_schemas", schema_name="public", verbosity=0)
    create("template", clone=False)
    made = 1
    for size in options.sizes:
        made = grow(made, size, options.samples)
        migrate_all(size)


def grow(made: int, size: int, samples: int) -> int:
    """Create tenants up to `size`, the first ones by migrations and the others by cloning; the number of tenants."""
    by_migrations = min(samples, (size - made) // 2)
    for number in range(made + 1, size + 1):
        clone = number - made > by_migrations
        way = "cloning" if clone else "migrations"
        say(size=size, doing=f"create by {way}", tenants=number - 1)
        empty, seeding = create(f"t{number}", clone=clone)
        say(size=size, tenants=number, way=way, seconds=empty, seeding=seeding)
    return max(made, size)


def create(schema: str, *, clone: bool) -> tuple[float, float]:
    """Seconds for a tenant with its schema, and for a first row in each of its tables."""
    from benchmarks.tenants.schema_per_tenant.directory.models import Client
    from benchmarks.tenants.schema_per_tenant.orders import models

    settings.TENANT_CREATION_FAKES_MIGRATIONS, settings.TENANT_BASE_SCHEMA = clone, "template" if clone else ""
    connection.set_schema_to_public()
    client = Client(schema_name=schema, name=schema)

    def seed_tables() -> None:
        with client, transaction.atomic():
            seed(models)

    return timed(lambda: client.save(verbosity=0)), timed(seed_tables)


def migrate_all(size: int) -> None:
    """`migrate_schemas` over every tenant, with nothing to do and with one new column, by each executor."""
    for executor in EXECUTORS:
        connection.set_schema_to_public()
        measure(size, "no-op", executor, lambda: migrate(executor))  # noqa: B023
    for executor in EXECUTORS:
        remove_field()
        measure(size, "add field", executor, lambda: migrate(executor))  # noqa: B023
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class")
        say(size=size, relations=cursor.fetchone()[0])


def measure(size: int, name: str, executor: str, work: Callable[[], None]) -> None:
    """Announce the work, do it, say how long it took."""
    say(size=size, doing=f"{name}, {executor} executor")
    say(size=size, migration=name, executor=executor, seconds=timed(work))


def migrate(executor: str) -> None:
    """Every tenant's schema."""
    call_command("migrate_schemas", tenant=True, executor=executor, verbosity=0)


def remove_field() -> None:
    """Take the new column back everywhere, past the migrations: that is not what is measured."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT schema_name FROM directory_client")
        for (schema,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{schema}".{APP_LABEL}_order DROP COLUMN remark')
            cursor.execute(
                f"DELETE FROM \"{schema}\".django_migrations WHERE app = '{APP_LABEL}' AND name = '0002_remark'"
            )


if __name__ == "__main__":
    main()
