"""What is kept about runs (B1): begun, gone on with, ended; also in the log of the provider, whose scope it needs."""

from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from backups.runs import queries
from backups.runs.actions import RUN_BEGAN, RUN_ENDED
from backups.runs.models import Run, RunKind, RunState
from tenants.isolation.transactions import platform_transaction


def begin_run(kind: RunKind, *, actor: Actor) -> Run:
    """A new run, or the one of today that died, which goes on. Older ones that died are closed as failed.

    Only under the lock of runs: what is `running` then, runs no more.
    """
    with platform_transaction():
        today: Run | None = None
        for run in queries.unfinished_runs():
            if today is None and run.started_at >= queries.midnight():
                today = run
            else:
                run.error = _("It was cut short, and no other one went on with it on the same day.")
                _close(run, RunState.FAILED, actor)
        if today is None:
            today = Run(kind=kind)
            today.save(force_insert=True)
            record(RUN_BEGAN, actor=actor, target=today, after={"kind": today.kind})
        return today


def end_run(run: Run, *, companies: int, failed: int, error: str, actor: Actor) -> None:
    """Write down what came of it."""
    _verified, run.rows, run.objects_count, run.size, run.snapshot_at = queries.figures_of(run.id)
    run.companies, run.failed, run.error = companies, failed, error
    with platform_transaction():
        _close(run, RunState.FAILED if failed or error else RunState.FINISHED, actor)


def note_platform_archive(run: Run) -> None:
    """Which platform archive belongs to the run; its making is recorded."""
    with platform_transaction():
        Run.objects.filter(id=run.id).update(platform_archive=run.platform_archive)


def _close(run: Run, state: RunState, actor: Actor) -> None:
    run.state, run.finished_at = state, timezone.now()
    run.save()
    outcome = Outcome.SUCCESS if state is RunState.FINISHED else Outcome.FAILURE
    after = {"companies": run.companies, "failed": run.failed, "rows": run.rows, "files": run.objects_count,
             "bytes": run.size, "cause": run.error}  # fmt: skip
    record(RUN_ENDED, actor=actor, target=run, outcome=outcome, after=after)
