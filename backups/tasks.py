"""The nightly backup (B1)."""

import logging

from django.db import OperationalError

from backups.errors import RunningAlready
from backups.removal import UNFINISHED_AFTER
from backups.runs.models import RunKind
from backups.runs.services import back_up_everybody
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
