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
    OWNER: "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION BYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS",
    PLATFORM: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS",
}

Connection = psycopg.Connection[Any]


def prepare(admin_url: str, passwords: Mapping[str, str], *, database: str = "sekisho") -> list[str]:
    """Make the roles and the database, or bring them in line; returns the names of what was not there before.

    May run again at any time. `admin_url` names a superuser, or a role with CREATEROLE, CREATEDB and BYPASSRLS. Raises
    psycopg.Error when it may not.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        made = make_roles(connection, passwords)
        if _make_database(connection, database):
            made.append(database)
    return made


def make_roles(connection: Connection, passwords: Mapping[str, str]) -> list[str]:
    """The roles alone; returns those that were not there before."""
    return [role for role in ROLES if _make_role(connection, role, passwords[role])]


def close_database(connection: Connection, database: str) -> None:
    """Let the three roles in and nobody else, and none of them make temporary tables, which have no wall."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    roles = sql.SQL(", ").join(map(sql.Identifier, ROLES))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles))


def _make_role(connection: Connection, role: str, password: str) -> bool:
    name = sql.Identifier(role)
    missing = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None
    if missing:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    # Hashed here, because servers log such statements.
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} " + _ATTRIBUTES[role] + " PASSWORD {}").format(name, sql.Literal(hashed)))
    if role == OWNER:
        connection.execute(sql.SQL("ALTER ROLE {} SET row_security = off").format(name))
    return missing


def _make_database(connection: Connection, database: str) -> bool:
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    if row is None or row[0] != OWNER:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
        wanted = "ALTER DATABASE {} OWNER TO {}" if row else "CREATE DATABASE {} OWNER {}"
        connection.execute(sql.SQL(wanted).format(name, owner))
    close_database(connection, database)
    return row is None
