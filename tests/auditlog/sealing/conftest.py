"""A log that is sealed, an anchor store of its own, and somebody who owns the database."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import LazySettings
from django.conf import settings as project
from django.db import connections
from psycopg.conninfo import make_conninfo

from auditlog.models import AuditEvent
from auditlog.sealing.exporting import export_log
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.headchecks import verify_heads
from auditlog.sealing.sealer import Sealed, seal
from auditlog.sealing.verifying import verify_tenant
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import SOMEBODY, write
from tests.settings import ADMIN_URL

TABLE = "auditlog_auditevent"
SCRIPT = project.BASE_DIR / "docs" / "verify_audit.py"
HOUR = timedelta(hours=1)
_PATIENCE_SECONDS = 120


@pytest.fixture(autouse=True)
def anchor_place(settings: LazySettings, tmp_path: Path) -> Path:
    """Where the heads of this test are anchored."""
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"
    return tmp_path / "anchors"


@pytest.fixture
def seal_all(provider: Tenant, acme: Tenant, globex: Tenant) -> Callable[[], Sealed]:
    """Run the sealer once over everybody."""

    def run() -> Sealed:
        wait_for_other_databases()
        return seal([provider.id, acme.id, globex.id])

    return run


@pytest.fixture
def sealed_log(acme: Tenant, globex: Tenant, seal_all: Callable[[], Sealed]) -> list[AuditEvent]:
    """Nine events of ACME in three segments, some of GLOBEX beside them; the events of ACME in order."""
    events = []
    for number in range(3):
        events += [write(acme, label=f"文書 {number}.{index}") for index in range(3)]
        write(globex, label=f"theirs {number}")
        seal_all()
    return events


def wait_for_other_databases() -> None:
    """Return when no transaction of another database is open that was open at the call.

    The sealer takes what is below the oldest transaction of the whole cluster, and tests that run beside this one are
    in databases of the same cluster. What this test itself holds open stays its own business.
    """
    running = "SELECT pid, backend_xid::text FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND {} <> {}".format(
        "coalesce(datname, '')", "current_database()"
    )
    database = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(make_conninfo(ADMIN_URL, dbname=database), autocommit=True) as admin:
        before = set(admin.execute(running).fetchall())
        last = time.monotonic() + _PATIENCE_SECONDS
        while before & set(admin.execute(running).fetchall()):
            assert time.monotonic() < last, "another database's transaction does not end"
            admin.execute("SELECT pg_sleep(0.02)")


def as_owner(statement: str, params: Sequence[Any] = ()) -> int:
    """What only the owner of the database can do; how many rows it did it to."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def found_in(tenant: Tenant | UUID) -> FindingKind | None:
    """What a verification finds first in the log of a tenant."""
    finding = verify_tenant(tenant if isinstance(tenant, UUID) else tenant.id).finding
    return finding.kind if finding else None


def found_in_heads() -> FindingKind | None:
    """What a verification finds first in the heads."""
    finding = verify_heads().finding
    return finding.kind if finding else None


def everything_is_sound(*tenants: Tenant) -> bool:
    """Whether neither the heads nor these logs show anything."""
    return found_in_heads() is None and all(found_in(tenant) is None for tenant in tenants)


@pytest.fixture(scope="session")
def checked() -> Callable[[bytes], str]:
    """The same by a call, for many files: what it says against a content, or nothing."""
    names: dict[str, Any] = {"__name__": "verify_audit"}
    exec(compile(SCRIPT.read_text(), str(SCRIPT), "exec"), names)  # noqa: S102 - our own script

    def check(content: bytes) -> str:
        try:
            names["check_export"](content.splitlines(keepends=True), None)
        except names["Broken"] as broken:
            return str(broken)
        return ""

    return check


def exported(tenant: Tenant, begin: datetime | None = None, end: datetime | None = None) -> bytes:
    """An export of the last hour, unless the period is another one."""
    now = datetime.now(UTC)
    with tenant_transaction(tenant.id):
        export = export_log(begin or now - HOUR, end or now + HOUR, actor=SOMEBODY)
    return b"".join(export)


def labels(content: bytes) -> list[str]:
    """The targets of the events in an export, in their order."""
    lines = [json.loads(line) for line in content.splitlines()]
    return [line["event"]["fields"]["target_label"] for line in lines if "event" in line]
