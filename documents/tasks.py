"""Jobs of documents."""

from celery import shared_task

from documents import limits, removal
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.models import State
from tenants.queries import all_tenants
from vault.errors import StoreUnavailable
from vault.stores import document_store


@shared_task(autoretry_for=(StoreUnavailable,), retry_backoff=True, max_retries=8)
def remove_objects(object_names: list[str]) -> int:
    """Remove the contents of deleted versions. Given up after some hours; the sweep takes them then."""
    return removal.remove_unreferenced(object_names)


@shared_task
def sweep_objects() -> int:
    """Remove what interrupted uploads of one tenant left behind, and count its storage anew."""
    limits.recount_storage()
    return removal.sweep()


@platform_task
def sweep_every_tenant() -> None:
    """Queue the sweep of each tenant, and remove unfinished objects, which belong to no tenant yet."""
    document_store().sweep(removal.SWEEP_AGE)
    for tenant in all_tenants():
        if tenant.state != State.ERASED:
            with tenant_scope(tenant.id):
                sweep_objects.delay()
