"""What is wrong with retention: noticed, told once, closed when it is over (R1, R6)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from retention.erasure.queries import overdue_erasures
from retention.expiry.actions import PROBLEM_BEGAN, PROBLEM_ENDED
from retention.expiry.models import ExpiryRun, ProblemKind, RetentionProblem
from retention.expiry.queries import newest_run
from tenants.isolation.transactions import platform_transaction, take_turns
from tenants.models import Tenant

LATE_AFTER = timedelta(hours=26)  # the run is nightly

Found = dict[tuple[str, str], str]  # what exactly is wrong, by kind and what it is about


def look_after(*, actor: Actor) -> int:
    """Write down what is wrong now and what is over; returns of how many problems nobody was told.

    Each is recorded in the log of the tenant in scope, the provider's, when it begins, changes and ends.
    """
    found = look(timezone.now())
    with platform_transaction():
        take_turns("watch over retention")
        known = {(one.kind, one.about): one for one in RetentionProblem.objects.filter(ended_at=None)}
        for key, detail in found.items():
            problem = known.pop(key, None) or RetentionProblem(kind=key[0], about=key[1])
            if problem._state.adding or problem.detail != detail:
                problem.detail, problem.told_at = detail, None
                problem.save()
                _record(problem, actor=actor)
        for problem in known.values():
            problem.ended_at = timezone.now()
            problem.save(update_fields=["ended_at"])
            _record(problem, actor=actor)
        return RetentionProblem.objects.filter(ended_at=None, told_at=None).count()


def note_told(problem_ids: Sequence[UUID]) -> None:
    """Operators have been told of these."""
    with platform_transaction():
        RetentionProblem.objects.filter(id__in=problem_ids).update(told_at=timezone.now())


def look(now: datetime) -> Found:
    """Everything that is wrong at that time."""
    newest = newest_run()
    found = dict(_of_run(newest)) if newest else {}
    if _is_late(newest, now):
        found[ProblemKind.LATE, ""] = newest.started_at.isoformat() if newest else ""
    for erasure in overdue_erasures(now):
        found[ProblemKind.ERASURE, str(erasure.tenant_id)] = erasure.due_at.isoformat()
    return found


def _of_run(newest: ExpiryRun) -> Iterator[tuple[tuple[str, str], str]]:
    """What the newest run left behind; the next one makes it good."""
    for line in newest.by_table:
        if line.error:
            yield (ProblemKind.FAILED, line.table), line.error
        if line.overdue:
            yield (ProblemKind.OVERDUE, line.table), f"{line.overdue}"


def _is_late(newest: ExpiryRun | None, now: datetime) -> bool:
    """An installation that is younger than a night has had none yet."""
    if newest is not None:
        return newest.started_at + LATE_AFTER < now
    with platform_transaction():
        oldest = Tenant.objects.order_by("created_at").values_list("created_at", flat=True).first()
    return oldest is not None and oldest + LATE_AFTER < now


def _record(problem: RetentionProblem, *, actor: Actor) -> None:
    after = {"problem": problem.kind, "about": problem.about, "detail": problem.detail}
    ended = problem.ended_at is not None
    record(
        PROBLEM_ENDED if ended else PROBLEM_BEGAN,
        actor=actor,
        target=problem,
        outcome=Outcome.SUCCESS if ended else Outcome.FAILURE,
        after=after,
    )
