"""The verification of the day: of one company, and of the heads; and what is wrong as alarms (G7)."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.sealing.findings import Finding, FindingKind
from auditlog.sealing.headchecks import HeadsReport, verify_heads
from auditlog.sealing.verifying import TenantReport, verify_tenant
from auditlog.services import Target, record
from auditlog.verification import queries
from auditlog.verification.actions import LOG_BROKEN, LOG_VERIFIED, SEALER_STOPPED
from auditlog.verification.models import Alarm, HeadCheck, VerificationRun
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic, platform_transaction, take_turns


def verify_today(*, actor: Actor) -> VerificationRun:
    """Verify the log of the tenant in scope, once a day however often it is called; with no transaction open."""
    day, begun_at = timezone.localdate(), timezone.now()
    with atomic():
        done = queries.run_of(day)
    return done or keep_run(verify_tenant(require_tenant_id()), day=day, begun_at=begun_at, actor=actor)


@atomic()
def keep_run(report: TenantReport, *, day: date, begun_at: datetime, actor: Actor) -> VerificationRun:
    """Keep what was found of the tenant in scope as that day's evidence; the first of a day stays."""
    take_turns("verification")
    run = queries.run_of(day)
    if run is None:
        run = VerificationRun(
            day=day,
            begun_at=begun_at,
            ended_at=timezone.now(),
            segments=report.segments,
            events=report.events,
            expired=report.expired,
            unsealed=report.unsealed,
            **_result(report.finding),
        )
        run.save(force_insert=True)
        _record(run, report.finding, actor, {"segments": run.segments, "events": run.events})
    return run


def check_heads_today(*, actor: Actor) -> HeadCheck:
    """Verify the heads and their anchors, once a day, and record it for the tenant in scope, the provider."""
    day = timezone.localdate()
    return queries.head_check_of(day) or keep_head_check(verify_heads(), day=day, actor=actor)


def keep_head_check(report: HeadsReport, *, day: date, actor: Actor) -> HeadCheck:
    """Keep what was found of the heads as that day's evidence; the first of a day stays."""
    with platform_transaction():
        take_turns("verification of heads")
        check = queries.head_check_of(day)
        if check is None:
            check = HeadCheck(day=day, ended_at=timezone.now(), heads=report.heads, **_result(report.finding))
            check.save(force_insert=True)
            _record(check, report.finding, actor, {"heads": report.heads})
        return check


def notice_alarms(*, actor: Actor) -> list[Alarm]:
    """Write down what operators must know of and nobody noticed yet; returns those that nobody was told of.

    For the provider's tenant in scope, whose log records a sealer that stands still. What a verification found stands
    in the log of its company already.
    """
    with platform_transaction():
        take_turns("alarms of the audit log")
        for alarm in [*queries.standstill(), *queries.broken_heads(), *queries.broken_runs()]:
            if Alarm.objects.filter(cause=alarm.cause).exists():
                continue
            alarm.save(force_insert=True)
            if alarm.finding in {FindingKind.SEALER_STOPPED, FindingKind.NEVER_SEALED}:
                target = Target("sealing.head", "", alarm.place)
                record(SEALER_STOPPED, actor=actor, target=target, outcome=Outcome.FAILURE)
        return list(Alarm.objects.filter(told_at=None).order_by("noticed_at"))


def note_told(alarm_id: UUID) -> None:
    """Operators have been told."""
    with platform_transaction():
        Alarm.objects.filter(id=alarm_id).update(told_at=timezone.now())


def _result(finding: Finding | None) -> dict[str, str]:
    return {"finding": finding.kind if finding else "", "place": finding.text if finding else ""}


def _record(
    target: VerificationRun | HeadCheck, finding: Finding | None, actor: Actor, counted: dict[str, int]
) -> None:
    if finding is None:
        record(LOG_VERIFIED, actor=actor, target=target, after=counted)
    else:
        record(LOG_BROKEN, actor=actor, target=target, outcome=Outcome.FAILURE, after=_result(finding))
