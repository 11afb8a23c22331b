"""One run: every company from one moment of the database, then the platform, then everything verified (B1, B2, B5).

The order is such that a kill at any place costs nothing but time. Archives of companies are whole or not there; the one
of the platform comes after them; a run that died today goes on with the companies that have no archive of it yet.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError
from django.utils.translation import gettext as _

from backups.errors import BackupError
from backups.locks import exclusive_run, kept_connections
from backups.models import State
from backups.progress import Progress, silent
from backups.runs import queries
from backups.runs.crew import Crew, crew
from backups.runs.jobs import Job, Outcome, Step, actor_of
from backups.runs.keeping import begin_run, end_run, note_platform_archive
from backups.runs.models import Run, RunKind, RunState
from backups.runs.moments import OpenMoment, open_moment
from backups.runs.platform import apply_platform_generations, take_platform_archive, verify_platform_archive
from tenants.models import Tenant
from tenants.queries import open_tenants, provider_scope
from vault.errors import VaultError


@dataclass(frozen=True, slots=True)
class RunReport:
    """What came of a run: why companies failed, by tenant, and whether a store was not to be reached."""

    run: Run
    failures: dict[UUID, str]
    unavailable: bool


@dataclass
class _Course:
    """A run under way."""

    run: Run
    tenants: dict[UUID, Tenant]
    crew: Crew
    progress: Progress
    failures: dict[UUID, str] = field(default_factory=dict)
    unavailable: bool = False

    def job(self, step: Step, tenant_id: UUID, moment: OpenMoment | None = None) -> Job:
        return Job(step, tenant_id, self.run.id, self.run.kind, moment.of(tenant_id) if moment else None)

    def note(self, outcome: Outcome) -> UUID | None:
        """The company that failed, if it did."""
        tenant_id = UUID(outcome.tenant_id)
        if not outcome.error:
            self.failures.pop(tenant_id, None)
            return None
        self.failures[tenant_id] = outcome.error
        self.unavailable |= outcome.unavailable
        return tenant_id


def back_up_everybody(kind: RunKind, *, progress: Progress = silent) -> RunReport | None:
    """Back up every open company, once; None when the nightly run of today is done or there are no companies yet.

    Call it with no transaction open. Raises RunningAlready when another run is under way; DatabaseError when the
    database cannot be reached. What fails for one company stands in the report, and in `Run`.
    """
    actor = actor_of(kind)
    with kept_connections(), exclusive_run():
        tenants = {tenant.id: tenant for tenant in open_tenants()}
        if not tenants or (kind is RunKind.SCHEDULED and not _due(tenants)):
            return None
        with provider_scope():
            run = begin_run(kind, actor=actor)
            with crew(len(tenants)) as workers:
                course = _Course(run, tenants, workers, progress)
                try:
                    problem = _run(course)
                except Exception as failure:
                    cause = str(failure) or type(failure).__name__
                    end_run(run, companies=len(tenants), failed=len(course.failures), error=cause, actor=actor)
                    raise
            unsound = tenants.keys() - queries.verified_since(_beginning(run))
            for tenant_id in unsound:
                course.failures.setdefault(tenant_id, _("No verified backup came about."))
            problem = problem or next((f"{tenants[one].company_code}: {course.failures[one]}" for one in unsound), "")
            end_run(run, companies=len(tenants), failed=len(unsound), error=problem, actor=actor)
        failures = {tenant_id: course.failures[tenant_id] for tenant_id in unsound}
        return RunReport(run, failures, course.unavailable)


def _run(course: _Course) -> str:
    """All steps; returns what is wrong with the archive of the platform."""
    done = queries.taken_in(course.run.id)
    if course.run.kind == RunKind.SCHEDULED:
        done |= queries.taken_since(queries.midnight())
    waiting = [tenant_id for tenant_id in course.tenants if tenant_id not in done]
    _each(course, Step.AHEAD, waiting)
    problem = _take(course, deque(waiting))
    unchecked = queries.unchecked()
    _each(course, Step.CHECK, [one for one in course.tenants if one in unchecked])
    return problem or _check_platform(course)


def _each(course: _Course, step: Step, tenants: list[UUID]) -> None:
    jobs = (course.job(step, tenant_id) for tenant_id in tenants)
    for number, outcome in enumerate(course.crew.do(jobs), start=1):
        course.progress(step.value, number, len(tenants))
        course.note(outcome)


def _take(course: _Course, waiting: deque[UUID]) -> str:
    """All archives, and the one of the platform in the same moment; another moment only when that became too old, or
    for those that failed, who get a second chance."""
    total, done = len(waiting), 0
    failed: list[UUID] = []
    tried_again = False
    while True:
        with open_moment() as moment:
            for outcome in course.crew.do(_jobs(course, waiting, moment)):
                done += 1
                course.progress(Step.TAKE.value, done, total)
                if (tenant_id := course.note(outcome)) is not None:
                    failed.append(tenant_id)
            if not waiting and (tried_again or not failed):
                return _platform(course, moment)
        if not waiting:
            waiting, failed, tried_again = deque(failed), [], True
            total += len(waiting)


def _jobs(course: _Course, waiting: deque[UUID], moment: OpenMoment) -> Iterator[Job]:
    begun = False
    while waiting and not (begun and moment.is_stale):
        yield course.job(Step.TAKE, waiting.popleft(), moment)
        begun = True


def _platform(course: _Course, moment: OpenMoment) -> str:
    """Why there is no archive of the platform, or nothing."""
    if course.run.platform_archive:
        return ""
    course.progress("platform", len(course.tenants), len(course.tenants))
    try:
        archive = take_platform_archive(moment, course.run.id, actor=actor_of(course.run.kind))
    except (BackupError, VaultError, DatabaseError) as error:
        return str(error)
    course.run.platform_archive = archive.id
    note_platform_archive(course.run)
    return ""


def _check_platform(course: _Course) -> str:
    actor, archive = actor_of(course.run.kind), queries.platform_archive_of(course.run)
    if archive is None:
        return _("The backup of the platform is missing.")
    try:
        if archive.state != State.VERIFIED and not verify_platform_archive(archive, actor=actor):
            return archive.error
        apply_platform_generations(actor=actor)
    except BackupError as error:  # somebody verifies one by hand in this moment
        return str(error)
    return ""


def _due(tenants: dict[UUID, Tenant]) -> bool:
    """Whether today's nightly run has anything left to do."""
    newest = queries.newest_run()
    if newest is None or newest.started_at < queries.midnight() or newest.state != RunState.FINISHED:
        return True
    return bool(tenants.keys() - queries.verified_since(queries.midnight()))


def _beginning(run: Run) -> datetime:
    """From when on an archive counts for the run: a nightly one is content with any of the day."""
    return queries.midnight() if run.kind == RunKind.SCHEDULED else run.started_at
