"""The nightly backup (B1): one task for all, which queues one for each tenant."""

import logging

from celery import shared_task

from auditlog.actors import Actor
from backups.errors import RunningAlready
from backups.removal import UNFINISHED_AFTER
from backups.services import back_up_today
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.queries import open_tenants
from vault.errors import StoreUnavailable
from vault.stores import backup_store

logger = logging.getLogger(__name__)


@platform_task
def back_up_every_tenant() -> None:
    """Queue the backup of every open tenant, and remove what interrupted writers left in the backup store."""
    for tenant in open_tenants():
        with tenant_scope(tenant.id):
            back_up_tenant.delay()
    backup_store().sweep(UNFINISHED_AFTER)


@shared_task(autoretry_for=(StoreUnavailable,), retry_backoff=60, retry_backoff_max=3600, max_retries=5)
def back_up_tenant() -> None:
    """Back one tenant up, once a day however often the task comes."""
    try:
        back_up_today(actor=Actor.system("backups"))
    except RunningAlready:
        logger.info("The backup of this tenant runs already")
