"""Reads of verifications and of how far the log is sealed. Those of one company need its scope."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from psycopg import sql

from auditlog.sealing import anchors
from auditlog.sealing import queries as seals
from auditlog.sealing.canonical import between
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.headchecks import STALE
from auditlog.sealing.models import Head
from auditlog.verification.models import Alarm, HeadCheck, VerificationRun
from tenants.isolation.context import require_tenant_id
from tenants.isolation.placement import PLATFORM_ALIAS
from tenants.isolation.transactions import current_connection, platform_transaction
from vault.errors import VaultError

_RECENT = timedelta(days=14)  # an alarm of an older finding would come from a database that was put back

_FIELDS = [field.attname for field in VerificationRun._meta.concrete_fields]
_OF_ALL = f"FROM {VerificationRun._meta.db_table}"
_NEWEST = f"SELECT DISTINCT ON (tenant_id) {', '.join(_FIELDS)} {_OF_ALL} ORDER BY tenant_id, day DESC"
_BROKEN = f"SELECT {', '.join(_FIELDS)} {_OF_ALL} WHERE finding <> '' AND day >= %s"


@dataclass(frozen=True, slots=True)
class SealState:
    """How far sealing is, for everybody. `anchored` is the newest head in the anchor store; None while it is away."""

    head: Head | None
    anchored: int | None
    check: HeadCheck | None

    @property
    def is_stale(self) -> bool:
        """Whether the sealer stands still."""
        return self.head is None or self.head.at < timezone.now() - STALE

    @property
    def age(self) -> timedelta | None:
        """Since when nothing was sealed."""
        return timezone.now() - self.head.at if self.head else None


@dataclass(frozen=True, slots=True)
class LogState:
    """How much of the log of the tenant in scope is sealed: ever, and waiting."""

    sealed: int
    unsealed: int
    newest_at: datetime | None


def seal_state() -> SealState:
    """The newest head, how far heads are anchored, and what the last check of them said."""
    with platform_transaction():
        head, check = seals.newest_head(), HeadCheck.objects.first()
    try:
        anchored = anchors.newest_anchored(head.number) if head else 0
    except VaultError:
        anchored = None
    return SealState(head, anchored, check)


def log_state() -> LogState:
    """Of the tenant in scope."""
    tenant_id = require_tenant_id()
    chain, newest = seals.segments_of(tenant_id), seals.newest_segment(tenant_id)
    counting = sql.SQL("SELECT count(*) FROM auditlog_auditevent WHERE {}")
    with current_connection().cursor() as cursor:
        cursor.execute(counting.format(between(tenant_id, seals.place_after(newest))))
        (unsealed,) = cursor.fetchone()
    return LogState(chain.aggregate(sealed=Sum("count"))["sealed"] or 0, unsealed, newest.sealed_at if newest else None)


def runs(limit: int = 30) -> list[VerificationRun]:
    """The newest verifications of the tenant in scope."""
    return list(VerificationRun.objects.order_by("-day")[:limit])


def run_of(day: date) -> VerificationRun | None:
    """The verification of that day of the tenant in scope."""
    return VerificationRun.objects.filter(day=day).first()


def head_check_of(day: date) -> HeadCheck | None:
    """The check of the heads of that day."""
    with platform_transaction():
        return HeadCheck.objects.filter(day=day).first()


def newest_runs() -> list[VerificationRun]:
    """Of every tenant that was ever verified the newest run, as the platform role."""
    with platform_transaction():
        return _runs_of_all(_NEWEST)


def standstill() -> Iterator[Alarm]:
    """The sealer that stands still now, if it does; the same one for as long as it is at the same head."""
    head, now = seals.newest_head(), timezone.now()
    if head is None:
        yield Alarm(
            cause="never sealed", finding=FindingKind.NEVER_SEALED, place="Nothing was ever sealed.", noticed_at=now
        )
    elif head.at < now - STALE:
        text = f"The sealer has not run since {head.at:%Y-%m-%d %H:%M:%S} UTC (head {head.number})."
        yield Alarm(cause=f"head {head.number}", finding=FindingKind.SEALER_STOPPED, place=text, noticed_at=now)


def broken_heads() -> Iterator[Alarm]:
    """What checks of the heads found of late. A sealer that stands still is told as such."""
    standing = (FindingKind.SEALER_STOPPED, FindingKind.NEVER_SEALED)
    for check in HeadCheck.objects.filter(day__gte=_earliest()).exclude(finding="").exclude(finding__in=standing):
        yield Alarm(cause=f"heads {check.day}", finding=check.finding, place=check.place, noticed_at=timezone.now())


def broken_runs() -> Iterator[Alarm]:
    """What verifications of companies found of late."""
    for run in _runs_of_all(_BROKEN, [_earliest()]):
        yield Alarm(
            cause=f"tenant {run.tenant_id} {run.day}",
            finding=run.finding,
            place=run.place,
            about=run.tenant_id,
            noticed_at=timezone.now(),
        )


def _runs_of_all(statement: str, params: Sequence[Any] = ()) -> list[VerificationRun]:
    """In SQL: a query of the model is for one tenant."""
    with current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        return [VerificationRun.from_db(PLATFORM_ALIAS, _FIELDS, row) for row in cursor.fetchall()]


def _earliest() -> date:
    return (timezone.now() - _RECENT).date()
