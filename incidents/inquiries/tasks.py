"""Jobs of inquiries."""

from uuid import UUID

from celery import shared_task

from incidents.inquiries import attachments, notices, queries
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.models import State
from tenants.queries import all_tenants


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell(key: str) -> int:
    """Mail that there is an answer to those who take part; how many mails."""
    with atomic():
        message = queries.find_message(UUID(key))
    return notices.tell(message) if message else 0


@shared_task
def sweep_files() -> int:
    """Remove what interrupted messages of one company left in the store."""
    return attachments.sweep()


@platform_task
def sweep_every_tenant() -> None:
    """Queue the sweep of each company."""
    for tenant in all_tenants():
        if tenant.state != State.ERASED:
            with tenant_scope(tenant.id):
                sweep_files.delay()
