"""Jobs of the status page."""

from celery import shared_task
from django.db import IntegrityError
from django.utils import timezone

from auditlog.actors import Actor
from incidents.status import services, subscribing, telling
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope

_JOB = Actor.system("status")


@platform_task
def render_status_page() -> None:
    """Every minute, and at each publication."""
    with provider_scope():
        services.refresh(actor=_JOB)


@platform_task
def forget_subscribers_told() -> None:
    """Every day: addresses of subscribers leave the record of what was sent."""
    with provider_scope():
        telling.forget_told(timezone.now(), actor=_JOB)


# IntegrityError: the same address was asked for twice in the same moment.
@shared_task(autoretry_for=(OSError, IntegrityError), retry_backoff=True, max_retries=8)
def take_up_subscription(sealed: str, language: str, components: list[str]) -> None:
    """Send a subscriber the link that confirms, or the one that changes."""
    subscribing.take_up(sealed, language, components, actor=_JOB)
