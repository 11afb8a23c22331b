"""Jobs of exports of the audit log."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone, translation

from accounts.queries import still_entitled
from auditlog.actors import Actor
from auditlog.exports import making, outstanding
from auditlog.exports.conditions import ConditionsUnknown, choice_of
from auditlog.exports.csvlog import open_csv
from auditlog.exports.making import NoLongerOurs, Source
from auditlog.exports.models import AuditExport, ExportFormat, ExportProblem
from auditlog.exports.periods import Period
from auditlog.sealing.exporting import open_export
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.models import State
from tenants.queries import all_tenants

_PART, _MENU = "audit exports", "console.audit"


@shared_task
def make_export(key: str) -> bool:
    """Write the file of an order, once however often this job comes; returns whether it did anything."""
    row = making.claim(UUID(key))
    if row is None:
        return False
    try:
        with atomic():
            user = still_entitled(row.requested_by, _MENU)
        if user is None:
            making.fail(row, ExportProblem.RIGHT_LOST, actor=Actor.system(_PART))
        elif making.is_hopeless(row):
            making.fail(row, ExportProblem.INTERRUPTED, actor=user.as_actor())
        else:
            _write(row, actor=user.as_actor())
    except NoLongerOurs:
        return False
    return True


def _write(row: AuditExport, *, actor: Actor) -> None:
    try:
        with translation.override(row.language), timezone.override(row.time_zone):
            making.make_file(row, _source(row), actor=actor)
    except NoLongerOurs:
        raise
    except ConditionsUnknown:
        making.fail(row, ExportProblem.CONDITIONS, actor=actor)
    except Exception as error:
        making.stumble(row, error, actor=actor)
        raise


def _source(row: AuditExport) -> Source:
    period = Period(row.starts_at, row.ends_at)
    with atomic():
        if row.format == ExportFormat.JSONL:
            return open_export(period.begin, period.end)
        chosen = choice_of(row.conditions, period)
        return open_csv(period, language=row.language, time_zone=row.time_zone, chosen=chosen)


@platform_task
def catch_up() -> int:
    """Queue again what a worker that died has left; returns how much."""
    late = outstanding.late_orders()
    for tenant_id, key in late:
        with tenant_scope(tenant_id):
            make_export.delay(str(key))
    return len(late)


@platform_task
def clear_away() -> int:
    """Queue the removal of files and orders whose time is over; returns of how many tenants."""
    tenants = outstanding.tenants_with_old_exports()
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            clear_away_of_tenant.delay()
    return len(tenants)


@shared_task
def clear_away_of_tenant() -> int:
    """Remove what is over in one tenant; returns how many files."""
    return outstanding.clear_away(actor=Actor.system(_PART))


@platform_task
def sweep_every_tenant() -> None:
    """Queue the removal of files that a dead worker left, for each tenant."""
    for tenant in all_tenants():
        if tenant.state != State.ERASED:
            with tenant_scope(tenant.id):
                sweep.delay()


@shared_task
def sweep() -> int:
    """Remove the files of one tenant that no order knows; returns how many."""
    return outstanding.remove_orphans()
