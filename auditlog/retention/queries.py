"""Reads about the keeping of the audit log."""

from datetime import datetime
from uuid import UUID

from auditlog.models import AuditEvent, RetentionClass
from auditlog.partitions import Partition, partitions
from auditlog.queries import events, events_of_days
from auditlog.retention.actions import PARTITION_DROPPED
from auditlog.retention.models import Problem, Relocation
from tenants.isolation.transactions import current_connection, platform_transaction

_UNFINISHED = "SELECT tenant_id FROM audit_retention_relocation WHERE finished_at IS NULL ORDER BY asked_at"


def current_relocation() -> Relocation | None:
    """The change of class of the tenant in scope that is being carried out, or was last."""
    return Relocation.objects.first()


def tenants_to_relocate() -> list[UUID]:
    """The tenants whose earlier events are on their way, longest waiting first; as the platform role."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_UNFINISHED)
        return [tenant_id for (tenant_id,) in cursor.fetchall()]


def oldest_event_at() -> datetime | None:
    """When the oldest event happened that is kept of the tenant in scope."""
    return AuditEvent.objects.order_by("at").values_list("at", flat=True).first()


def open_problems() -> list[Problem]:
    """What is wrong at present; as the platform role."""
    with platform_transaction():
        return list(Problem.objects.filter(ended_at=None).order_by("began_at"))


def untold_problem(problem_id: UUID) -> Problem | None:
    """A problem of which operators have not been told; None for one that is over; as the platform role."""
    with platform_transaction():
        return Problem.objects.filter(id=problem_id, told_at=None, ended_at=None).first()


def all_partitions() -> list[Partition]:
    """Every partition, as the platform role."""
    with platform_transaction():
        return partitions()


def last_drops(days: int = 30, most: int = 100) -> list[AuditEvent]:
    """The partitions that were dropped lately, newest first, out of the provider's log."""
    return list(events_of_days(events(), days).filter(action=PARTITION_DROPPED.code)[:most])


def events_to_relocate(tenant_id: UUID, to_class: str) -> int:
    """How many events of a tenant are kept under another class; in the open transaction."""
    others = [kept.value for kept in RetentionClass if kept != to_class]
    with current_connection().cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM auditlog_auditevent WHERE tenant_id = %s AND retention_class = ANY(%s)",
            [tenant_id, others],
        )
        return int(cursor.fetchone()[0])
