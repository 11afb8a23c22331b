"""Jobs of data returns (R3). They run for suspended companies too."""

from uuid import UUID

from celery import shared_task
from django.urls import reverse

from accounts.queries import still_entitled
from auditlog.actors import Actor
from retention.returning import making, notices, objects, outstanding
from retention.returning.making import NoLongerOurs
from retention.returning.models import DataReturn, ReturnProblem
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.models import State
from tenants.queries import all_tenants

_PART, _MENU = "data return", "console.data_return"


@shared_task
def make_return(key: str) -> bool:
    """Write the files of a data return, once however often this job comes; returns whether it did anything."""
    row = making.claim(UUID(key))
    if row is None:
        return False
    try:
        with atomic():
            user = still_entitled(row.asked_by, _MENU)
        if user is None:
            making.fail(row, ReturnProblem.RIGHT_LOST, actor=Actor.system(_PART))
        elif making.is_hopeless(row):
            making.fail(row, ReturnProblem.INTERRUPTED, actor=user.as_actor())
        else:
            _write(row, actor=user.as_actor())
    except NoLongerOurs:
        return False
    tell.delay(key)  # not part of the work: when it fails, the catch-up job sends the mail
    return True


def _write(row: DataReturn, *, actor: Actor) -> None:
    try:
        making.make_files(row, actor=actor)
    except NoLongerOurs:
        raise
    except Exception as error:
        making.stumble(row, error, actor=actor)
        raise


@shared_task
def tell(key: str) -> bool:
    """Mail whoever asked how it ended; returns whether that was still to be done."""
    return notices.tell(UUID(key), link=reverse("console:data_return"))


@shared_task
def remove_run(run: str) -> int:
    """Remove the files of a data return before their time; returns how many objects."""
    return objects.remove_run(run)


@platform_task
def catch_up() -> int:
    """Queue again what a worker that died has left; returns how much."""
    late, untold = outstanding.late_returns(), outstanding.untold_returns()
    for tenant_id, key in late:
        with tenant_scope(tenant_id):
            make_return.delay(str(key))
    for tenant_id, key in untold:
        with tenant_scope(tenant_id):
            tell.delay(str(key))
    return len(late) + len(untold)


@platform_task
def clear_away() -> int:
    """Queue the removal of files and rows whose time is over; returns of how many tenants."""
    tenants = outstanding.tenants_with_old_returns()
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            clear_away_of_tenant.delay()
    return len(tenants)


@shared_task
def clear_away_of_tenant() -> int:
    """Remove what is over in one tenant; returns of how many data returns."""
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
    """Remove what no data return of the tenant knows; returns how many runs."""
    return outstanding.remove_orphans()
