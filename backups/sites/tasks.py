"""Jobs of the second site (B3)."""

import logging
from contextlib import suppress

from celery import shared_task

from auditlog.actors import Actor
from backups.errors import NoSecondSite, RunningAlready
from backups.removal import UNFINISHED_AFTER
from backups.sites import services
from backups.sites.examining import examine, stores_to_examine
from backups.sites.platform import copy_platform_archives
from backups.sites.queries import uncopied
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.models import Tenant
from tenants.queries import provider_scope
from vault.stores import backup_copy_store

logger = logging.getLogger(__name__)
_JOB = Actor.system("backups")


@platform_task
def copy_what_waits() -> None:
    """Queue the copying of every company with a verified archive that is not at the second site yet.

    Archives of the platform are brought there, and what interrupted writers left goes.
    """
    for waiting in uncopied():
        with tenant_scope(waiting.tenant_id):
            copy_tenant.delay()
    if (store := backup_copy_store()) is not None:
        store.sweep(UNFINISHED_AFTER)
        _copy_platform()


def _copy_platform() -> None:
    """In this process: it is small, and of one installation there is one."""
    with suppress(Tenant.DoesNotExist), provider_scope():
        try:
            copy_platform_archives(actor=_JOB)
        except RunningAlready:
            logger.info("A copying of the platform's archives runs already")


@shared_task
def copy_tenant() -> None:
    """Copy what one company has waiting. What fails waits for the next hour."""
    try:
        services.copy_archives(actor=_JOB)
    except RunningAlready:
        logger.info("A copying of this tenant runs already")
    except NoSecondSite:
        logger.info("The second site was taken out of the settings")


@platform_task
def examine_stores() -> None:
    """Try every store of backups and keep what it refused."""
    with provider_scope():
        for name in stores_to_examine():
            examine(name, actor=_JOB)
