"""A company's drill: which archive, one at a time, on record (B5, B6)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record
from backups.drills.actions import DRILL_FAILED, DRILL_ORDERED, DRILL_PASSED
from backups.drills.errors import ArchiveReplaced, DrillRunning, NoScratchServer, NothingToDrill
from backups.drills.models import Drill
from backups.drills.rehearsing import rehearse
from backups.drills.scratch import is_configured
from backups.errors import RunningAlready
from backups.locks import exclusive
from backups.models import Archive, State
from backups.progress import Progress, silent
from backups.queries import archives
from tenants.isolation.context import require_tenant_id, tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, platform_transaction
from tenants.models import Tenant

# A plan that keeps one generation replaces it every night: perhaps while it is being drilled.
_ATTEMPTS = 3


def drill_company(*, actor: Actor, archive: Archive | None = None, progress: Progress = silent) -> Drill:
    """Drill the newest verified archive of the tenant in scope, or that one; the drill as it was kept.

    Call it with no transaction open. Raises NothingToDrill, DrillRunning, NoScratchServer, ScratchRefused,
    ScratchUnavailable, StoreUnavailable, ArchiveReplaced: then there was no drill, and nothing is kept.
    """
    if not is_configured():
        raise NoScratchServer
    with _alone(require_tenant_id()):
        for _attempt in range(_ATTEMPTS):
            chosen = archive or _newest_verified()
            done = rehearse(chosen, progress=progress)
            if done.sound or _is_listed(chosen):
                return keep(done, actor=actor)
        raise ArchiveReplaced


def keep(drill: Drill, *, actor: Actor) -> Drill:
    """Keep what a drill (or the rebuild of a service) proved, on record with the company and the provider."""
    with platform_transaction():
        drill.save(force_insert=True)
        for tenant_id in _concerned(drill.tenant_id):
            with tenant_scope(tenant_id):
                record(
                    DRILL_PASSED if drill.sound else DRILL_FAILED,
                    actor=actor,
                    target=drill,
                    outcome=Outcome.SUCCESS if drill.sound else Outcome.FAILURE,
                    after=described(drill),
                )
    return drill


def order_drill(tenant: Tenant, *, actor: Actor) -> None:
    """Have a worker drill a company now. Raises NoScratchServer, NothingToDrill; with the provider in scope."""
    if not is_configured():
        raise NoScratchServer
    with tenant_scope(tenant.id):
        _newest_verified()
    with platform_transaction():
        for tenant_id in _concerned(tenant.id):
            with tenant_scope(tenant_id):
                record(DRILL_ORDERED, actor=actor, target=Target.of(tenant))
        with tenant_scope(tenant.id):
            queue_on_commit("backups.drills.tasks.drill_now")


def described(drill: Drill) -> dict[str, object]:
    """A drill for the audit log and for machines."""
    return {
        "archive": str(drill.archive_id),
        "snapshot_at": drill.snapshot_at.isoformat() if drill.snapshot_at else None,
        "seconds": round(drill.seconds, 3),
        "rows": drill.rows,
        "files_opened": drill.files_opened,
        "cause": drill.cause,
        "error": drill.error,
    }


def _concerned(tenant_id: UUID) -> set[UUID]:
    provider = provider_company()
    return {tenant_id, *([provider.tenant_id] if provider else [])}


@atomic()
def _newest_verified() -> Archive:
    newest = archives().filter(state=State.VERIFIED).order_by("-snapshot_at", "-id").first()
    if newest is None:
        raise NothingToDrill
    return newest


@atomic()
def _is_listed(archive: Archive) -> bool:
    return archives().filter(id=archive.id).exists()


@contextmanager
def _alone(tenant_id: UUID) -> Iterator[None]:
    """Not the lock of backups: the nightly one must not be refused because a drill runs."""
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(tenant_id, what="drills"))
        except RunningAlready as error:
            raise DrillRunning from error
        yield
