"""`manage.py` as a process of its own on the test database, and ways to stop it exactly where a test wants."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connections

_PATIENCE = 60.0
# In this database: the others of the suite are copies of the same one, and their tables have the same numbers.
_WAITING = """
FROM pg_locks WHERE NOT granted AND relation = %s::regclass
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def environment() -> dict[str, str]:
    """What such a process must know: the test database by role, and the stores of this test."""
    return {
        **os.environ,
        "SEKISHO_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
        "DATABASE_URL": _address("default"),
        "DATABASE_PLATFORM_URL": _address("platform"),
        "DATABASE_OWNER_URL": _address("owner"),
        "REDIS_URL": settings.REDIS_URL,
        "VAULT_ROOT_KEY": settings.VAULT_ROOT_KEY,
        "VAULT_KEY_STORE": settings.VAULT_KEY_STORE,
        "VAULT_DOCUMENT_STORE": settings.VAULT_DOCUMENT_STORE,
        "VAULT_BACKUP_STORE": settings.VAULT_BACKUP_STORE,
        "VAULT_BACKUP_COPY_STORE": settings.VAULT_BACKUP_COPY_STORE,
        "AUDIT_ANCHOR_STORE": settings.AUDIT_ANCHOR_STORE,
        "BACKUP_WORKERS": "2",
    }


def _address(alias: str) -> str:
    database = connections[alias].settings_dict
    return f"postgres://{database['USER']}:{quote(database['PASSWORD'])}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def start(*arguments: str) -> "subprocess.Popen[str]":
    """Begin `manage.py …`."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py …` to its end."""
    process = start(*arguments)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@contextmanager
def table_locked(table: str, mode: str = "ACCESS EXCLUSIVE") -> Iterator[psycopg.Connection[Any]]:
    """Nobody gets past that table: whoever comes waits there."""
    with psycopg.connect(_address("owner")) as connection:
        connection.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield connection


def wait_until_blocked(table: str, process: "subprocess.Popen[str]") -> None:
    """Return when somebody waits for a lock on the table; the process must still live then."""
    deadline = time.monotonic() + _PATIENCE
    with psycopg.connect(_address("owner"), autocommit=True) as connection:
        while time.monotonic() < deadline:
            waiting = connection.execute(f"SELECT count(*) {_WAITING}", [table]).fetchone()
            if waiting and waiting[0]:
                return
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
                break
    process.kill()
    raise AssertionError(f"Nobody waits for {table}: {process.communicate()}")


def cut_off(table: str) -> None:
    """Close the connections of those who wait for the table, as a restart of the database would."""
    with psycopg.connect(_address("default"), autocommit=True) as connection:
        connection.execute(f"SELECT pg_terminate_backend(pid) {_WAITING}", [table])


def kill(process: "subprocess.Popen[str]") -> None:
    """kill -9, and wait until it is gone."""
    process.kill()
    process.communicate()
