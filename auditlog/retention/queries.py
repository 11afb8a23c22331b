"""Reads about the keeping of the audit log."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from auditlog.models import AuditEvent, RetentionClass
from auditlog.partitions import Partition, missing_days, partitions
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


class RoomState(models.TextChoices):
    """How a class stands; the values are states of badges."""

    MISSING = "failed", _("Partitions are missing")
    DUE = "expiring", _("Removal is due")
    IN_ORDER = "success", _("In order")


@dataclass(frozen=True, slots=True)
class ClassRoom:
    """The partitions of one class together. `rows` is an estimate, `next_drop` the time of the next one to go."""

    retention_class: RetentionClass
    partitions: int
    begins: datetime | None
    ends: datetime | None
    bytes: int
    rows: int
    next_drop: datetime | None
    due: int
    missing: list[date]

    @property
    def last_day(self) -> date | None:
        """The last day, in UTC, of whose events there is a partition."""
        return self.ends and (self.ends - timedelta(days=1)).astimezone(UTC).date()

    @property
    def state(self) -> RoomState:
        """The worst of it."""
        if self.missing:
            return RoomState.MISSING
        return RoomState.DUE if self.due else RoomState.IN_ORDER


def room(present: list[Partition], now: datetime) -> list[ClassRoom]:
    """How each class stands."""
    missing = missing_days(present, now.date())
    rooms = []
    for kept in RetentionClass:
        own = [one for one in present if one.retention_class is kept]
        rooms.append(
            ClassRoom(
                kept,
                partitions=len(own),
                begins=min((one.begins for one in own), default=None),
                ends=max((one.ends for one in own), default=None),
                bytes=sum(one.bytes for one in own),
                rows=sum(one.rows for one in own),
                next_drop=min((one.due for one in own), default=None),
                due=sum(one.due <= now for one in own),
                missing=missing.get(kept, []),
            )
        )
    return rooms


def relocations(most: int = 100) -> list[Relocation]:
    """The changes of class that are being carried out, of all companies; as the platform role."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id, from_class, to_class, asked_at, total, moved, removed FROM audit_retention_relocation"
            " WHERE finished_at IS NULL ORDER BY asked_at LIMIT %s",
            [most],
        )
        names = [column.name for column in cursor.description]
        return [Relocation(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
