"""The three database roles and how a deployment makes them (`manage.py database prepare`); and the one of drills."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

OWNER = "sekisho_owner"
APP = "sekisho_app"
PLATFORM = "sekisho_platform"
ROLES = (OWNER, APP, PLATFORM)
SCRATCH = "sekisho_scratch"  # its usual name; DATABASE_SCRATCH_URL may give another

# The owner runs migrations and restores. Without BYPASSRLS a data migration would silently change no row, and a new
# foreign key would be marked valid although orphans exist; row_security=off turns a silent filter into an error.
_ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION BYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS",
    PLATFORM: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS",
}

# Restores into databases that it makes and owns (B5). It cannot enter the service's own, which lets in ROLES only.
_SCRATCH_ATTRIBUTES = "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS"

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


def prepare_scratch(admin_url: str, role: str, password: str) -> list[str]:
    """Make the role that drills work as, on their server; returns the names of the roles that were not there before.

    The schema names the three roles, so they must exist there too: those that do not are made without a log-in. May run
    again at any time. Raises psycopg.Error when `admin_url` may not.
    """
    made = []
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for name in (*ROLES, role):
            if not _exists(connection, name):
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
                made.append(name)
        connection.execute(
            sql.SQL("ALTER ROLE {} " + _SCRATCH_ATTRIBUTES + " PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(_hashed(connection, role, password))
            )
        )
    return made


def close_database(connection: Connection, database: str) -> None:
    """Let the three roles in and nobody else, and none of them make temporary tables, which have no wall."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    roles = sql.SQL(", ").join(map(sql.Identifier, ROLES))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles))


def _make_role(connection: Connection, role: str, password: str) -> bool:
    name = sql.Identifier(role)
    missing = not _exists(connection, role)
    if missing:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    hashed = _hashed(connection, role, password)
    connection.execute(sql.SQL("ALTER ROLE {} " + _ATTRIBUTES[role] + " PASSWORD {}").format(name, sql.Literal(hashed)))
    if role == OWNER:
        connection.execute(sql.SQL("ALTER ROLE {} SET row_security = off").format(name))
    return missing


def _exists(connection: Connection, role: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def _hashed(connection: Connection, role: str, password: str) -> str:
    """Hashed here, because servers log such statements."""
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


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
