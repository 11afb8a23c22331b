"""The nightly backup of all companies (B1), and those that somebody asked for."""

import logging
from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from auditlog.actors import Actor
from backups.errors import RunningAlready
from backups.queries import archive_of_tenant, made_since
from backups.removal import UNFINISHED_AFTER
from backups.runs.models import RunKind
from backups.runs.services import back_up_everybody
from backups.services import back_up
from backups.verifying import verify_archive
from tenants.isolation.context import platform_scope
from tenants.isolation.tasks import platform_task
from vault.errors import StoreUnavailable
from vault.stores import backup_store

logger = logging.getLogger(__name__)

_RETRIES = 5  # after 1, 2, 4 … minutes


@platform_task
def back_up_every_tenant() -> None:
    """Back up every open company and the platform, once a day however often the task comes, and remove what
    interrupted writers left in the backup store. A retry goes on with what is not done yet."""
    task = back_up_every_tenant
    with platform_scope(active=False):
        try:
            _back_up()
        except RunningAlready:
            logger.info("A run of all companies is under way already")
        except (StoreUnavailable, OperationalError) as error:
            raise task.retry(exc=error, countdown=60 * 2**task.request.retries, max_retries=_RETRIES) from error


def _back_up() -> None:
    report = back_up_everybody(RunKind.SCHEDULED)
    if report is not None and report.unavailable and report.failures:
        raise StoreUnavailable("", next(iter(report.failures.values())))
    backup_store().sweep(UNFINISHED_AFTER)


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
