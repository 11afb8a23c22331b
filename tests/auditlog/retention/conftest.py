"""Partitions of other days, which are gone after the test, and somebody who owns the database."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connections

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.partitions import make_partitions_of, partitions
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

TABLE = "auditlog_auditevent"
JOB = Actor.system("audit log")


def names() -> set[str]:
    """The partitions that there are."""
    return {one.name for one in partitions()}


def as_owner(statement: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """What only the owner of the database can do, and its rows."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def days_ago(days: int, hour: int = 12) -> datetime:
    """That hour, in UTC, of a day so long ago."""
    return datetime.combine(datetime.now(UTC).date() - timedelta(days=days), time(hour), UTC)


def name_of(kept: str, at: datetime) -> str:
    """The partition that holds an event of that class and time."""
    begin = at.replace(day=1) if kept == "y7" else at
    return f"{TABLE}_{kept}_{begin:%Y%m%d}"


@pytest.fixture
def partitions_put_back() -> Iterator[None]:
    """Afterwards there are the partitions that there were before."""
    before = names()
    yield
    for name in names() - before:
        as_owner(f"DROP TABLE {name}")
    for name in before - names():
        kept, _separator, day = name.removeprefix(f"{TABLE}_").partition("_")
        begin = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()
        make_partitions_of(kept, begin, begin)
    assert names() == before


@pytest.fixture
def write_old(partitions_put_back: None) -> Callable[..., AuditEvent]:
    """Writes an event of that class and so many days ago, and makes room for it."""

    def write(tenant: Tenant, kept: str, days: int, label: str = "", hour: int = 12) -> AuditEvent:
        at = days_ago(days, hour)
        make_partitions_of(kept, at.date(), at.date())
        with tenant_transaction(tenant.id):
            return AuditEvent.objects.create(
                at=at, retention_class=kept, kind="data", action="old", actor_kind="system", target_label=label
            )

    return write


def log_of(tenant: Tenant) -> list[dict[str, Any]]:
    """Every column of every event of a tenant, as the owner sees them, in the order of their keys."""
    rows = as_owner(f"SELECT to_jsonb(e)::text FROM {TABLE} AS e WHERE tenant_id = %s ORDER BY at, id", [tenant.id])
    return [json.loads(row) for (row,) in rows]
