"""Dropping partitions whose time is over: whole, one at a time, with the count of what went on record (G5, R2).

The database decides what is due, by its own clock and only if that agrees with ours. A drop waits a quarter of a second
at most for those who read, because whoever writes waits behind it; what could not be had then is had at the next run.
"""

import json
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import DataError, OperationalError
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.partitions import Partition, partitions
from auditlog.retention.actions import PARTITION_DROPPED
from auditlog.services import Target, record
from tenants.isolation import keeping
from tenants.isolation.expiring import Expired
from tenants.isolation.transactions import current_connection, platform_transaction

logger = logging.getLogger(__name__)

# One a day is usual. More than a week of them is a job that stood still, or a clock that ran ahead.
MOST_DUE = 7
OVERDUE_AFTER = timedelta(days=1)
_NAMED = 1000  # companies by name in one event; the others are counted together

_COUNT = f"""
SELECT count(*) FROM {AuditEvent._meta.db_table} WHERE retention_class = %s AND at >= %s AND at < %s
  AND (%s::uuid[] IS NULL OR tenant_id = ANY(%s))
"""  # noqa: S608


@dataclass(slots=True)
class Expiry:
    """What a run did: the events that went, by partition; what is held or was in use; why the rest was refused."""

    dropped: dict[str, int] = field(default_factory=dict)
    busy: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def drop_expired(*, actor: Actor, most_due: int = MOST_DUE) -> Expiry:
    """Drop what is due, oldest first, each partition in a transaction with its event in the log of the tenant in scope.

    That is the provider's. When more than `most_due` partitions of a class are due, none of that class goes. Call it
    with no transaction open, as often as you like.
    """
    done = Expiry()
    now = timezone.now()
    with platform_transaction():
        due = [one for one in partitions() if one.due <= now]
        held = held_among(due)
    for partition in due:
        if partition in held:
            done.held.append(partition.name)
            continue
        try:
            done.dropped[partition.name] = _drop(partition, most_due, actor=actor)
        except DataError as error:
            done.refused[partition.name] = str(error).partition("\n")[0]
            logger.error("A partition of the audit log was not dropped: %s", error)  # noqa: TRY400 - it is expected
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            done.busy.append(partition.name)
    return done


def held_among(due: Iterable[Partition]) -> list[Partition]:
    """Those with events of a company whose audit log is held (R5). They stay whole, until the hold is released."""
    tenants = keeping.held_tenants(AuditEvent)
    return [one for one in due if tenants and _events(one, tenants)]


def expire(*, actor: Actor, dry_run: bool) -> Expired:
    """The audit log's part in the nightly run (R6); see `tenants.isolation.expiring`."""
    now = timezone.now()
    with platform_transaction():
        present = partitions()
        due = [one for one in present if one.due <= now]
        held = sum(_events(one) for one in held_among(due))
        counted = {one.name: _events(one) for one in due}
    dropped = {} if dry_run else drop_expired(actor=actor).dropped
    with platform_transaction():
        held_now = held_among(one for one in due if one.name not in dropped)
    late = [one for one in due if one.name not in dropped and one not in held_now and one.due + OVERDUE_AFTER <= now]
    return Expired(
        due=sum(counted.values()),
        removed=sum(dropped.values()),
        held=held,
        overdue=sum(counted[one.name] for one in late),
        oldest=min((one.begins for one in present if one.name not in dropped and one.rows), default=None),
    )


def _events(partition: Partition, tenants: Collection[UUID] | None = None) -> int:
    """How many events it holds, of these companies or of all."""
    of = None if tenants is None else list(tenants)
    with current_connection().cursor() as cursor:
        cursor.execute(_COUNT, [partition.retention_class, partition.begins, partition.ends, of, of])
        return int(cursor.fetchone()[0])


def _drop(partition: Partition, most_due: int, *, actor: Actor) -> int:
    """Drop it; returns how many events went. Raises DataError when the database refuses, OperationalError when busy."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # counting takes its time
        today = timezone.now().date()
        cursor.execute("SELECT auditlog_drop_partition(%s, %s, %s)::text", [partition.name, today, most_due])
        counted: dict[str, int] = json.loads(cursor.fetchone()[0])
        before = {
            "retention_class": partition.retention_class,
            "from": partition.begins,
            "until": partition.ends,
            "events": sum(counted.values()),
            "by_tenant": dict(list(counted.items())[:_NAMED]),
        }
        target = Target("auditlog.partition", label=partition.name)
        record(PARTITION_DROPPED, actor=actor, target=target, before=before)
    return sum(counted.values())
