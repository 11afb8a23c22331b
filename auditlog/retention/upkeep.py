"""What is wrong with the partitions: noticed before it hurts, told once, closed when it is over (G5)."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.partitions import Partition, missing_days, partitions
from auditlog.retention.actions import PROBLEM_BEGAN, PROBLEM_ENDED
from auditlog.retention.expiry import MOST_DUE, OVERDUE_AFTER
from auditlog.retention.models import Problem, ProblemKind
from auditlog.services import Target, record
from tenants.isolation.transactions import platform_transaction

Found = dict[tuple[str, str], list[str]]  # by kind and class: the partitions or days concerned


def look_after(*, actor: Actor) -> list[Problem]:
    """Write down which problems there are now and which are over; returns those that nobody was told of.

    Each is recorded in the log of the tenant in scope, the provider's, when it begins and when it ends.
    """
    with platform_transaction():
        found = problems_of(partitions(), timezone.now())
        open_now = {(one.kind, one.retention_class): one for one in Problem.objects.filter(ended_at=None)}
        for key in found.keys() - open_now.keys():
            problem = Problem(kind=key[0], retention_class=key[1], places=found[key])
            problem.save(force_insert=True)
            after = {"problem": problem.kind, "retention_class": problem.retention_class, "places": problem.places}
            record(PROBLEM_BEGAN, actor=actor, target=_target(problem), outcome=Outcome.FAILURE, after=after)
        for key, problem in open_now.items():
            problem.places = found.get(key, problem.places)
            problem.ended_at = None if key in found else timezone.now()
            problem.save(update_fields=["places", "ended_at"])
            if problem.ended_at:
                record(PROBLEM_ENDED, actor=actor, target=_target(problem))
        return list(Problem.objects.filter(ended_at=None, told_at=None).order_by("began_at"))


def problems_of(present: list[Partition], now: datetime) -> Found:
    """The problems of these partitions at that time."""
    found: Found = {}
    for kept, days in missing_days(present, now.date()).items():
        found[ProblemKind.MISSING, kept] = [day.isoformat() for day in days]
    for kept in {one.retention_class for one in present}:
        due = [one for one in present if one.retention_class is kept and one.due <= now]
        overdue = [one.name for one in due if one.due + OVERDUE_AFTER <= now]
        if len(due) > MOST_DUE:
            found[ProblemKind.REFUSED, kept] = [one.name for one in due]
        elif overdue:
            found[ProblemKind.OVERDUE, kept] = overdue
    return found


def note_told(problem_id: UUID) -> None:
    """Operators have been told."""
    with platform_transaction():
        Problem.objects.filter(id=problem_id).update(told_at=timezone.now())


def _target(problem: Problem) -> Target:
    return Target("auditlog.partition", str(problem.id), str(problem))
