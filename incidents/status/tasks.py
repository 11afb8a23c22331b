"""Jobs of the status page."""

from celery import shared_task
from django.db import IntegrityError

from auditlog.actors import Actor
from incidents.status import subscribing


# IntegrityError: the same address was asked for twice in the same moment.
@shared_task(autoretry_for=(OSError, IntegrityError), retry_backoff=True, max_retries=8)
def take_up_subscription(sealed: str, language: str, components: list[str]) -> None:
    """Send a subscriber the link that confirms, or the one that changes."""
    subscribing.take_up(sealed, language, components, actor=Actor.system("status"))
