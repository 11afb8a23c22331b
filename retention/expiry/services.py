"""The run over every class that ends with time: counted, removed, counted again, kept as evidence (R6, G5)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.sealing.keys import sign
from auditlog.sealing.statements import moment, written
from auditlog.services import Target, record
from backups.errors import RunningAlready
from backups.locks import exclusive
from retention.expiry.actions import RUN_FAILED, RUN_FINISHED, RUN_ORDERED, RUN_TRIED
from retention.expiry.classes import Expiring, expiring_tables
from retention.expiry.counting import Due, held_of, standing
from retention.expiry.errors import ExpiryRunning
from retention.expiry.models import ExpiryRun, Line, RunState
from retention.expiry.removing import Work, clear_company, clear_control, clear_files, turn_partitions
from tenants.isolation.context import require_tenant_id
from tenants.isolation.expiring import Expired
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, platform_transaction
from tenants.models import Tenant
from tenants.queries import all_tenants

FORMAT = "sekisho-expiry-1"
GONE_ON_WITH = timedelta(hours=12)
Before = dict[str, Due]  # what was due when the run began, by table


def run(*, actor: Actor, dry_run: bool = False, tenant: Tenant | None = None) -> ExpiryRun:
    """Remove what is past its period, of everybody and of the provider or of one company; or only count it.

    Call it with the provider's tenant in scope and no transaction open, as often as you like: a run that died is gone
    on with. Raises ExpiryRunning. Its rows are those of the moment at which it began.
    """
    with _alone():
        tables = [each for each in expiring_tables() if tenant is None or each.by_company]
        row = _unfinished(tenant) if not dry_run else None
        row = row or _begin(tables, dry_run=dry_run, tenant=tenant, actor=actor)
        before: Before = row.due_before
        work = Work()
        if not dry_run:
            _clear(tables, before, row.started_at, work, actor=actor)
        lines = [_line(each, before, row, work, actor=actor) for each in tables]
        return _finish(row, lines, actor=actor)


@atomic()
def order_run(*, dry_run: bool, actor: Actor) -> None:
    """Have a worker do it now; with the provider in scope."""
    record(RUN_ORDERED, actor=actor, target=Target("retention.expiry"), after={"dry_run": dry_run})
    queue_on_commit("retention.expiry.tasks.expire_now", dry_run, actor.name or actor.user_id)


def _clear(tables: Sequence[Expiring], before: Before, now: datetime, work: Work, *, actor: Actor) -> None:
    """Remove what is due, but for what goes by partition."""
    by_company: dict[str, list[Expiring]] = defaultdict(list)
    for each in tables:
        if each.by_company:
            for key in before.get(each.table, {}):
                by_company[key].append(each)
        elif before.get(each.table):
            clear_control(each, work, actor=actor)
    being_restored = {str(tenant.id) for tenant in all_tenants() if tenant.frozen_at}  # the next run comes to them
    for key in sorted(by_company.keys() - being_restored):
        with_files = [each for each in by_company[key] if each.special() is not None]
        for each in with_files:
            clear_files(each, UUID(key), work, actor=actor)
        if rows_alone := [each for each in by_company[key] if each not in with_files]:
            clear_company(UUID(key), rows_alone, now, work, actor=actor)


def _line(each: Expiring, before: Before, row: ExpiryRun, work: Work, *, actor: Actor) -> Line:
    """What became of a table."""
    if each.by_partition:
        done = turn_partitions(each, work, dry_run=row.dry_run, actor=actor)
    else:
        with work.on(each):
            done = _counted(each, before.get(each.table, {}), row)
    error, seconds = work.errors.get(each.table, ""), work.seconds[each.table]
    return Line.of(each.table, each.asset.data_class, each.days, done, seconds=seconds, error=error)


def _counted(each: Expiring, was_due: Due, row: ExpiryRun) -> Expired:
    """What was due less what is left of it, so that a run that died counts rightly too."""
    left = standing(each, row.started_at, row.tenant_id)
    held, held_overdue = held_of(each, left, row.started_at)
    remaining = sum(left.due.values())
    return Expired(
        due=sum(was_due.values()),
        removed=0 if row.dry_run else max(0, sum(was_due.values()) - remaining),
        held=held,
        overdue=sum(left.overdue.values()) - held_overdue,
        oldest=left.oldest,
    )


def _unfinished(tenant: Tenant | None) -> ExpiryRun | None:
    """The run that died, if one did of late: what has come due since an older one is more than it knows of."""
    died = ExpiryRun.objects.filter(
        state=RunState.RUNNING,
        dry_run=False,
        tenant_id=tenant.id if tenant else None,
        started_at__gt=timezone.now() - GONE_ON_WITH,
    )
    with platform_transaction():
        return died.order_by("-started_at").first()


def _begin(tables: Sequence[Expiring], *, dry_run: bool, tenant: Tenant | None, actor: Actor) -> ExpiryRun:
    """Write down what is due before anything goes. What it does is recorded when it is done."""
    now, only = timezone.now(), tenant.id if tenant else None
    row = ExpiryRun(tenant_id=only, dry_run=dry_run, started_at=now, ordered_by=actor.name or actor.user_id)
    for each in tables:
        if not each.by_partition:
            row.due_before[each.table] = standing(each, now, only).due
    with platform_transaction():
        row.save(force_insert=True)
    return row


def _finish(row: ExpiryRun, lines: Sequence[Line], *, actor: Actor) -> ExpiryRun:
    """Close the run: signed, and on record in the provider's log."""
    row.lines = [line.as_json() for line in lines]
    row.due, row.removed = sum(line.due for line in lines), sum(line.removed for line in lines)
    row.held, row.overdue = sum(line.held for line in lines), sum(line.overdue for line in lines)
    failed = any(line.error for line in lines)
    row.state, row.finished_at = RunState.FAILED if failed else RunState.FINISHED, timezone.now()
    row.due_before = {}
    row.statement = statement_of(row)
    signature = sign(row.statement)
    row.key_id, row.signature = signature.key_id, signature.value
    with platform_transaction():
        row.save()
        record(
            RUN_FAILED if failed else RUN_TRIED if row.dry_run else RUN_FINISHED,
            actor=actor,
            target=row,
            outcome=Outcome.FAILURE if failed else Outcome.SUCCESS,
            after=described(row),
        )
    return row


def statement_of(row: ExpiryRun) -> str:
    """What a finished run says, as it is signed."""
    ended = row.finished_at or row.started_at
    return written(
        {
            "format": FORMAT,
            "run": str(row.id),
            "dry_run": row.dry_run,
            "tenant": str(row.tenant_id) if row.tenant_id else None,
            "started_at": moment(row.started_at),
            "finished_at": moment(ended),
            "tables": row.lines,
        }
    )


def described(row: ExpiryRun) -> dict[str, object]:
    """A run for the audit log and for machines: what went, by class."""
    removed: dict[str, int] = defaultdict(int)
    for line in row.by_table:
        removed[line.data_class] += line.removed
    figures = {"due": row.due, "removed": row.removed, "held": row.held, "overdue": row.overdue}
    return {**figures, "dry_run": row.dry_run, "rows": {name: count for name, count in removed.items() if count}}


@contextmanager
def _alone() -> Iterator[None]:
    try:
        with exclusive(require_tenant_id(), what="expiry"):
            yield
    except RunningAlready as error:
        raise ExpiryRunning from error
