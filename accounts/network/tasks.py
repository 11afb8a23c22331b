"""Jobs of allowed networks."""

from celery import shared_task

from accounts.network import notices
from accounts.network.queries import current_restriction
from accounts.queries import active_holders_of
from tenants.isolation.transactions import atomic


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_opening(opened_by: str) -> None:
    """Mail those who look after the list that the provider has opened it."""
    with atomic():
        notices.tell_opening(current_restriction(), opened_by, list(active_holders_of("console.network")))
