"""A database with all tables and no rows, quickly: migrated once on its server, then copied (tests and benchmarks)."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from backups.drills.template import schema_digest
from tenants import isolation
from tenants.isolation import roles

Connection = psycopg.Connection[Any]

_PREFIX = "sekisho_migrated_"
_LOCK = int.from_bytes(hashlib.sha256(_PREFIX.encode()).digest()[:8], signed=True)
# The suite has one, the benchmarks have one with tables of their own, and somebody else may be at work here, too.
_KEPT = 4
_OLD = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC OFFSET %s"


def make_database(admin: Connection, name: str, migrate: Callable[[], object]) -> None:
    """Make that database, for the product's three roles; `migrate` is called when there is none to copy yet.

    `admin` is a superuser's connection in autocommit. One process at a time: whoever comes second copies.
    """
    template = f"{_PREFIX}{_digest()}"
    admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            create_database(admin, name, template)
        else:
            create_database(admin, name)
            migrate()
            create_database(admin, template, name)
            _drop_old(admin)
    finally:
        admin.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def drop_database(admin: Connection, name: str) -> None:
    """Remove the database, if there is one, with whoever is still connected: event loops and workers may live on."""
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create_database(admin: Connection, name: str, template: str = "template1") -> None:
    """Make a database of the owner's that lets in the product's three roles; a copy of the template."""
    owner = sql.Identifier(roles.OWNER)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template), owner))
    roles.close_database(admin, name)


def _drop_old(admin: Connection) -> None:
    for (name,) in admin.execute(_OLD, [_PREFIX, _KEPT]).fetchall():
        drop_database(admin, name)


def _digest() -> str:
    """16 digits that change with the text of any migration, and with the wall, which migrations build."""
    digest = hashlib.sha256(schema_digest().encode())
    for source in sorted(Path(isolation.__path__[0]).rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
