"""The template of a release: a database with all its tables and no rows, made once, copied for each drill (B5)."""

import hashlib
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from psycopg import sql

from tenants.isolation.context import tenant_scope

Connection = psycopg.Connection[Any]

_PREFIX, _MAKING = "sekisho_template_", "sekisho_making_"
_LOCK = int.from_bytes(hashlib.sha256(b"sekisho template").digest()[:8], signed=True)
# Another installation of another release may use the same server; it makes its own anew if this is wrong about it.
_UNUSED_AFTER = timedelta(days=7)
_OTHERS = """
    SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database
    WHERE datname LIKE 'sekisho\\_template\\_%%' AND datname <> %s AND datdba = current_user::regrole
"""


def ensure_template(server: Connection, opened: Callable[[str], AbstractContextManager[str]]) -> str:
    """The name of the template of this release's schema; it is made where there is none, by one process at a time.

    `opened` gives the alias of a database for a block.
    """
    name = f"{_PREFIX}{schema_digest()}"
    if _exists(server, name):
        return name
    server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        if not _exists(server, name):
            _make(server, name, opened)
            _drop_old(server, name)
    finally:
        server.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return name


@cache
def schema_digest() -> str:
    """16 digits that change whenever the text of any migration does."""
    digest = hashlib.sha256()
    for key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        source = sys.modules[migration.__module__].__file__
        digest.update(repr(key).encode() + (Path(source).read_bytes() if source else b""))
    return digest.hexdigest()[:16]


def _make(server: Connection, name: str, opened: Callable[[str], AbstractContextManager[str]]) -> None:
    """Under another name until it is whole: one that was cut short never looks like a template."""
    making = sql.Identifier(f"{_MAKING}{schema_digest()}")
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(making))
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(making))
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(making))
    with opened(f"{_MAKING}{schema_digest()}") as alias, tenant_scope(None):
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    template = sql.Identifier(name)
    server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(making, sql.Literal(timezone.now().isoformat())))
    server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(making))
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(making, template))


def _drop_old(server: Connection, current: str) -> None:
    for name, made in server.execute(_OTHERS, [current]).fetchall():
        made_at = parse_datetime(made or "")
        if made_at is None or made_at < timezone.now() - _UNUSED_AFTER:
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _exists(server: Connection, name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None
