"""Jobs of watching."""

from zoneinfo import ZoneInfo

from celery import shared_task

from auditlog.watching import queries
from auditlog.watching.watch import watch
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant


@platform_task
def watch_every_tenant() -> int:
    """Queue a look at every log in which something is new (G9); how many those are."""
    waiting = queries.tenants_with_new_events()
    for tenant_id in waiting:
        with tenant_scope(tenant_id):
            watch_tenant.delay()
    return len(waiting)


@shared_task
def watch_tenant() -> int:
    """Look at what is new of one company; how many findings were made or have grown."""
    with atomic():
        zone = ZoneInfo(current_tenant().time_zone)
    return watch(zone=zone)
