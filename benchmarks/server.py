"""The databases of one run, on the benchmarks' own server: made empty, and dropped at the end."""

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.signals import setting_changed
from django.db import connections
from psycopg import sql

from tenants.isolation import roles
from tests.database.migrated import create_database, drop_database, make_database


def exit_orderly() -> None:
    """Clean up also when the process is told to stop."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def admin(database: str = "postgres") -> psycopg.Connection:
    """A superuser's connection to a database of that server, in autocommit."""
    return psycopg.connect(settings.STACK.admin_url, dbname=database, autocommit=True)


@contextmanager
def fresh_database(name: str, *, keep: bool = False) -> Iterator[None]:
    """A new empty database for the product's roles; `keep` leaves it standing afterwards."""
    with _database(name, create_database, keep=keep):
        yield


@contextmanager
def _database(name: str, make: Callable[[psycopg.Connection, str], None], *, keep: bool) -> Iterator[None]:
    with admin() as connection:
        drop_database(connection, name)
        make(connection, name)
        # Waiting for the disk is equal on all sides and noisy, and would hide the differences to be measured.
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
    try:
        yield
    finally:
        connections.close_all()
        if not keep:
            with admin() as connection:
                drop_database(connection, name)


@contextmanager
def product_database(*, keep: bool = False) -> Iterator[None]:
    """The product's database of this run: migrated, with the role of the arm without policies."""
    with _database(settings.DATABASE, _make_migrated, keep=keep):
        _make_filter_role()
        try:
            yield
        finally:
            connections.close_all()
            if not keep:
                _drop_filter_role()
                shutil.rmtree(settings.KEYS, ignore_errors=True)
                # Stores and keys that are open belong to what was removed.
                setting_changed.send(sender=None, setting="VAULT_KEY_STORE", value=None, enter=False)


def _make_migrated(connection: psycopg.Connection, name: str) -> None:
    def migrate() -> None:
        call_command("migrate", verbosity=0)
        connections.close_all()

    make_database(connection, name, migrate)


def _make_filter_role() -> None:
    """A role with the rights of the app role for which no policy applies: same tables, same rows, same cache."""
    _drop_filter_role()
    with admin() as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS PASSWORD {} IN ROLE {}").format(
                sql.Identifier(settings.FILTER_ROLE), sql.Literal(settings.SECRET_KEY), sql.Identifier(roles.APP)
            )
        )


def _drop_filter_role() -> None:
    with admin() as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(settings.FILTER_ROLE)))


def server_version() -> str:
    """The version of PostgreSQL, such as `18.1`."""
    with admin() as connection:
        return str(connection.execute("SHOW server_version").fetchone()[0])  # type: ignore[index]
