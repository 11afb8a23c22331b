"""The three database roles and how a deployment makes them (`manage.py database prepare`)."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

OWNER = "sekisho_owner"
APP = "sekisho_app"
PLATFORM = "sekisho_platform"
ROLES = (OWNER, APP, PLATFORM)

# The owner runs migrations and restores. Without BYPASSRLS a data migration would silently change no row, and a new
# foreign key would be marked valid although orphans exist; row_security=off turns a silent filter into an error.
_ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEROLE BYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS",
    PLATFORM: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS",
}


def prepare(admin_url: str, passwords: Mapping[str, str], *, database: str = "sekisho") -> None:
    """Make the roles and the database, or bring them in line; may run again at any time.

    `admin_url` names a superuser (or a role that may grant BYPASSRLS). Raises psycopg.Error when it may not.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role in ROLES:
            _make_role(connection, role, passwords[role])
        _make_database(connection, database)


def _make_role(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    name = sql.Identifier(role)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    connection.execute(
        sql.SQL("ALTER ROLE {} " + _ATTRIBUTES[role] + " PASSWORD {}").format(name, sql.Literal(password))
    )
    if role == OWNER:
        connection.execute(sql.SQL("ALTER ROLE {} SET row_security = off").format(name))


def _make_database(connection: psycopg.Connection[Any], database: str) -> None:
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    close_database(connection, database)


def close_database(connection: psycopg.Connection[Any], database: str) -> None:
    """Let the three roles in and nobody else, and none of them make temporary tables, which have no wall."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    roles = sql.SQL(", ").join(map(sql.Identifier, ROLES))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles))
