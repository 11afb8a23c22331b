"""A database for one drill, on a server where we may make them (B5).

For each release there is one migrated template; a drill gets a copy of it and drops it at the end. Whose process died
leaves its copy behind: every drill holds an advisory lock on the name of its copy for as long as it lives, so a copy
whose lock is free is nobody's, and the next drill drops it. Only databases of this name that this role owns are ever
dropped. The wall is in every copy, as in the service's own database; nobody but the role of the drill may enter one,
and no program serves it, so no mail, job or delivery can come out of it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.utils.translation import gettext as _
from psycopg import sql

from backups.drills.errors import NoScratchServer, ScratchRefused, ScratchUnavailable
from backups.drills.template import ensure_template
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.placement import SCRATCH_PREFIX

Connection = psycopg.Connection[Any]

_PREFIX = "sekisho_drill_"
# As text, the same rows must come out as went in, so what shapes text is what it is for a backup.
_OPTIONS = "-c timezone=UTC -c row_security=off -c synchronize_seqscans=off -c max_parallel_workers_per_gather=0"
_OURS = "SELECT datname FROM pg_database WHERE datname LIKE %s AND datdba = current_user::regrole"
_MAY = "SELECT rolcreatedb AND rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"
_WHERE = "SELECT current_database(), (SELECT system_identifier FROM pg_control_system())"
_END_OURS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"


def is_configured() -> bool:
    """Whether there is a server for drills (DATABASE_SCRATCH_URL)."""
    return bool(settings.DATABASE_SCRATCH_URL)


@contextmanager
def scratch_database() -> Iterator[str]:
    """The alias of an empty database with this release's tables, for the block alone.

    Raises NoScratchServer, ScratchRefused, ScratchUnavailable.
    """
    with _server() as server:
        sweep(server)
        template = ensure_template(server, open_database)
        name = f"{_PREFIX}{new_id().hex}"
        server.execute("SELECT pg_advisory_lock(%s)", [_lock_of(name)])
        try:
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
            server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            with open_database(name) as alias:
                yield alias
        finally:
            _drop(server, name)


def sweep(server: Connection) -> int:
    """Drop what drills left whose process died; returns how many."""
    left = [str(name) for (name,) in server.execute(_OURS, [_PREFIX.replace("_", r"\_") + "%"])]
    dropped = 0
    for name in left:
        (free,) = server.execute("SELECT pg_try_advisory_lock(%s)", [_lock_of(name)]).fetchone() or (False,)
        if free:
            _drop(server, name)
            server.execute("SELECT pg_advisory_unlock(%s)", [_lock_of(name)])
            dropped += 1
    return dropped


@contextmanager
def open_database(name: str) -> Iterator[str]:
    """An alias of Django's for a database of the scratch server. Raises ScratchRefused for one that is in service."""
    alias = f"{SCRATCH_PREFIX}{name}"
    connection = connections[DEFAULT_DB_ALIAS].copy(alias)
    connection.settings_dict |= {**_address(), "NAME": name, "OPTIONS": {"options": _OPTIONS}, "CONN_MAX_AGE": 0}
    connections[alias] = connection
    try:
        with tenant_scope(None), connection.cursor() as cursor:
            cursor.execute(_WHERE)
            found, system = cursor.fetchone()
        if found != name or (found, system) in _in_service():
            # A pooler may send us anywhere, whatever name we ask for.
            raise ScratchRefused(_("The scratch server opened the database %(name)s instead.") % {"name": found})
        yield alias
    finally:
        with tenant_scope(None):
            connection.close()
        del connections[alias]


@contextmanager
def _server() -> Iterator[Connection]:
    """A session on the server; it holds the locks."""
    if not is_configured():
        raise NoScratchServer
    address = _address()
    try:
        connection = psycopg.connect(
            host=address["HOST"],
            port=address["PORT"] or 5432,
            user=address["USER"],
            password=address["PASSWORD"],
            dbname=address["NAME"],
            options="-c lock_timeout=300s",  # another process may be making the template
            connect_timeout=10,
            autocommit=True,
        )
    except psycopg.Error as error:
        raise ScratchUnavailable(_("The scratch server does not answer: %(cause)s") % {"cause": error}) from error
    try:
        with connection:
            _check(connection)
            yield connection
    except psycopg.OperationalError as error:
        raise ScratchUnavailable(_("The scratch server went away: %(cause)s") % {"cause": error}) from error


def _check(connection: Connection) -> None:
    (may,) = connection.execute(_MAY).fetchone() or (False,)
    if not may:
        raise ScratchRefused(
            _("The role of DATABASE_SCRATCH_URL needs CREATEDB and BYPASSRLS: run manage.py database prepare-scratch.")
        )
    if connection.execute(_WHERE).fetchone() in _in_service():
        raise ScratchRefused(
            _("DATABASE_SCRATCH_URL names the database of the service itself. Name another one, such as postgres.")
        )


def _in_service() -> set[tuple[str, int]]:
    """Every database that this installation works with, as (name, server)."""
    found = set()
    places = {
        (each["HOST"], each["PORT"], connections[alias].settings_dict["NAME"]): alias
        for alias, each in settings.DATABASES.items()
    }
    for alias in places.values():
        try:
            with tenant_scope(None), connections[alias].copy().temporary_connection() as cursor:
                cursor.execute(_WHERE)
                found.add(cursor.fetchone())
        except DatabaseError as error:
            raise ScratchUnavailable(str(error)) from error
    return found


def _address() -> dict[str, Any]:
    return dict(environ.Env.db_url_config(settings.DATABASE_SCRATCH_URL))


def _drop(server: Connection, name: str) -> None:
    """Not by FORCE: that may not end a vacuum of the server's, which an ordinary drop asks to leave and waits for."""
    server.execute(_END_OURS, [name])
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _lock_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
