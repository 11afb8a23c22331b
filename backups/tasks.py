"""The nightly backup (B1): one task for all, which queues one for each tenant; and those that somebody asked for."""

import logging
from datetime import datetime
from uuid import UUID

from celery import shared_task

from auditlog.actors import Actor
from backups.errors import RunningAlready
from backups.queries import archive_of_tenant, made_since
from backups.removal import UNFINISHED_AFTER
from backups.services import back_up, back_up_today
from backups.verifying import verify_archive
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


@shared_task(autoretry_for=(StoreUnavailable, RunningAlready), retry_backoff=60, max_retries=5)
def back_up_now(ordered_at: str) -> None:
    """Make and verify the backup that somebody asked for; one that was made since then is as good."""
    if not made_since(datetime.fromisoformat(ordered_at)):
        back_up(actor=Actor.system("backups"))


@shared_task(autoretry_for=(StoreUnavailable, RunningAlready), retry_backoff=60, max_retries=5)
def verify_now(archive_id: str) -> None:
    """Verify the archive that somebody asked about, unless it has been removed meanwhile."""
    archive = archive_of_tenant(UUID(archive_id))
    if archive is not None:
        verify_archive(archive, actor=Actor.system("backups"))
