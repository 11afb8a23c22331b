"""Reminders of reviews, once a day while one is due."""

from celery import shared_task
from django.utils import timezone

from retention.holds import queries, reminders
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope


@platform_task
def remind() -> None:
    """Have the reviewers of holds told whose day has come."""
    today = timezone.localdate()
    with provider_scope():
        for hold in queries.due_for_review(today):
            remind_of.delay(str(hold.id))


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def remind_of(hold_key: str) -> None:
    """Mail the reviewer of one hold; queued twice, it mails once."""
    reminders.remind(hold_key)
