"""Expiry by the clock and by the button (R6)."""

from celery import shared_task

from auditlog.actors import Actor
from retention.expiry import services
from retention.expiry.errors import ExpiryRunning
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope

_JOB = Actor.system("retention")


@platform_task
def expire() -> None:
    """Remove what is past its period, every night; one that died is gone on with."""
    with provider_scope():
        services.run(actor=_JOB)


@shared_task(autoretry_for=(ExpiryRunning,), retry_backoff=60, max_retries=5)
def expire_now(dry_run: bool, ordered_by: str) -> None:
    """Do it because an operator asked for it; in the provider's scope."""
    services.run(actor=Actor(_JOB.kind, _JOB.user_id, ordered_by), dry_run=dry_run)
