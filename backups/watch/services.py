"""Problems with backups: noticed, told once, closed when they are over (B5)."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from backups.watch.actions import PROBLEM_BEGAN, PROBLEM_ENDED
from backups.watch.looking import Found, look
from backups.watch.models import BackupProblem
from tenants.isolation.transactions import platform_transaction, take_turns


def look_after(*, actor: Actor) -> int:
    """Write down what is wrong now and what is over; returns of how many problems nobody was told.

    Each is recorded in the log of the tenant in scope, the provider's, when it begins, changes and ends.
    """
    with platform_transaction():
        take_turns("watch over backups")
        found = look(timezone.now())
        problems = {(one.kind, one.about): one for one in BackupProblem.objects.filter(ended_at=None)}
        _begin(found, problems, actor)
        _go_on(found, problems, actor)
        return BackupProblem.objects.filter(ended_at=None, told_at=None).count()


def note_told(problem_ids: Sequence[UUID]) -> None:
    """Operators have been told of these."""
    with platform_transaction():
        BackupProblem.objects.filter(id__in=problem_ids).update(told_at=timezone.now())


def _begin(found: Found, known: dict[tuple[str, UUID | None], BackupProblem], actor: Actor) -> None:
    for key, detail in found.items():
        if key not in known:
            problem = BackupProblem(kind=key[0], about=key[1], detail=detail)
            problem.save(force_insert=True)
            _record_beginning(problem, actor)


def _go_on(found: Found, known: dict[tuple[str, UUID | None], BackupProblem], actor: Actor) -> None:
    for key, problem in known.items():
        detail = found.get(key)
        if detail is None:
            problem.ended_at = timezone.now()
            problem.save(update_fields=["ended_at"])
            record(PROBLEM_ENDED, actor=actor, target=problem, after=_described(problem))
        elif detail != problem.detail:
            problem.detail, problem.told_at = detail, None
            problem.save(update_fields=["detail", "told_at"])
            _record_beginning(problem, actor)


def _record_beginning(problem: BackupProblem, actor: Actor) -> None:
    record(PROBLEM_BEGAN, actor=actor, target=problem, outcome=Outcome.FAILURE, after=_described(problem))


def _described(problem: BackupProblem) -> dict[str, str]:
    about = str(problem.about) if problem.about else ""
    return {"problem": problem.kind, "company": about, "detail": problem.detail}
