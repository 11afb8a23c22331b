"""Drills by the clock and by the button (B5)."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from auditlog.actors import Actor
from backups.drills.errors import ArchiveReplaced, DrillRunning, NothingToDrill, ScratchUnavailable
from backups.drills.rota import companies_due, drill_today
from backups.drills.scratch import is_configured
from backups.drills.services import drill_company
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from vault.errors import StoreUnavailable

logger = logging.getLogger(__name__)

_JOB = Actor.system("restore drills")
_AWAY = (ScratchUnavailable, StoreUnavailable)


@platform_task
def drill_due() -> None:
    """Queue the drills of today. Those that have not begun when their time is over wait for tomorrow."""
    if not is_configured():
        logger.warning("There are no restore drills: DATABASE_SCRATCH_URL is not set.")
        return
    until = timezone.now() + timedelta(minutes=settings.DRILL_MINUTES)
    for tenant in companies_due():
        with tenant_scope(tenant.id):
            drill_in_turn.delay(until.isoformat())


@shared_task(autoretry_for=_AWAY, retry_backoff=60, retry_backoff_max=1800, max_retries=5)
def drill_in_turn(until: str) -> None:
    """Drill one company, once a day however often the task comes; again from the start when its worker died."""
    if timezone.now() < datetime.fromisoformat(until):
        try:
            drill_today(actor=_JOB)
        except (ArchiveReplaced, DrillRunning, NothingToDrill) as reason:
            logger.info("No restore drill of this company: %s", reason)


@shared_task(autoretry_for=_AWAY, retry_backoff=60, max_retries=3)
def drill_now() -> None:
    """Drill one company because somebody asked for it."""
    try:
        drill_company(actor=_JOB)
    except (ArchiveReplaced, DrillRunning, NothingToDrill) as reason:
        logger.info("No restore drill of this company: %s", reason)
