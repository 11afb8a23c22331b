"""Dropping partitions whose time is over: whole, one at a time, with the count of what went on record (G5, R2).

The database decides what is due, by its own clock and only if that agrees with ours. A drop waits a quarter of a second
at most for those who read, because whoever writes waits behind it; what could not be had then is had at the next run.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DataError, OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.partitions import Partition, partitions
from auditlog.retention.actions import PARTITION_DROPPED
from auditlog.services import Target, record
from tenants.isolation import keeping
from tenants.isolation.context import platform_scope
from tenants.isolation.expiring import Expired
from tenants.isolation.placement import current_alias
from tenants.isolation.transactions import current_connection, platform_transaction, tenant_transaction

logger = logging.getLogger(__name__)

# One a day is usual. More than a week of them is a job that stood still, or a clock that ran ahead.
MOST_DUE = 7
OVERDUE_AFTER = timedelta(days=1)
_NAMED = 1000  # companies by name in one event; the others are counted together


@dataclass(slots=True)
class Expiry:
    """What a run did: the events that went, by partition; what was in use; why the rest was refused, by partition."""

    dropped: dict[str, int] = field(default_factory=dict)
    busy: list[str] = field(default_factory=list)
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
    for partition in due:
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


def expire(*, actor: Actor, dry_run: bool) -> Expired:
    """The audit log's part in the nightly run (R6); see `tenants.isolation.expiring`. Of what is held a copy stays."""
    now = timezone.now()
    with platform_transaction():
        present = partitions()
        due = [one for one in present if one.due <= now]
        counted = {one.name: _in(one).count() for one in due}
    held = sum(_held(one) for one in due)
    dropped = {} if dry_run else drop_expired(actor=actor).dropped
    left = [one for one in present if one.name not in dropped]
    return Expired(
        due=sum(counted.values()),
        removed=sum(dropped.values()),
        held=held,
        overdue=sum(counted[one.name] for one in left if one.due + OVERDUE_AFTER <= now),
        oldest=min((one.begins for one in left if one.rows), default=None),
    )


def _in(partition: Partition) -> QuerySet[AuditEvent]:
    """Its events, of everybody."""
    return QuerySet(AuditEvent, using=current_alias()).filter(_events_of(partition))


def _events_of(partition: Partition) -> Q:
    return Q(retention_class=partition.retention_class, at__gte=partition.begins, at__lt=partition.ends)


def _held(partition: Partition) -> int:
    """How many of its events are held."""
    count = 0
    for tenant_id in keeping.held_tenants(AuditEvent):
        with platform_scope(False), tenant_transaction(tenant_id):
            held = keeping.held_rows(AuditEvent, tenant_id)
            if held is not None:
                count += AuditEvent.objects.filter(_events_of(partition)).filter(held).count()
    return count


def _drop(partition: Partition, most_due: int, *, actor: Actor) -> int:
    """Drop it, after a copy was made of what is held (R5); returns how many events went.

    Raises DataError when the database refuses, OperationalError when busy.
    """
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # counting takes its time
        keeping.put_aside(AuditEvent, _events_of(partition))
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
