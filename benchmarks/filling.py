"""Many rows at once, past the ORM but by its models: a new column with a default changes nothing here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections, models

from benchmarks.server import admin
from tenants.isolation.placement import OWNER_ALIAS


@contextmanager
def bulk() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of the superuser in this run's database, for which no foreign key is checked row by row.

    At the end the planner is told what there is.
    """
    with admin(settings.DATABASE) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("VACUUM (ANALYZE)")


def insert(cursor: psycopg.Cursor[Any], model: type[models.Model], source: str, **expressions: str) -> None:
    """One row of the model for each row of `source`, a FROM clause.

    `expressions` are SQL by field, with every % written twice; any other field gets the model's default. Keys and the
    tenant have to be given.
    """
    columns, values, defaults = [], [], []
    for field in model._meta.local_concrete_fields:
        columns.append(f'"{field.column}"')
        if field.attname in expressions:
            values.append(expressions[field.attname])
        else:
            values.append("%s")
            defaults.append(field.get_db_prep_save(field.get_default(), connections[OWNER_ALIAS]))
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) SELECT {", ".join(values)} {source}', defaults
    )
