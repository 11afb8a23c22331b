"""Jobs of single sign-on."""

from uuid import UUID

from celery import shared_task

from accounts.queries import find_user
from accounts.sso import notices, queries
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import open_tenants


@platform_task
def look_after_sso() -> None:
    """Every day: queue a look at the certificates of every open tenant."""
    for tenant in open_tenants():
        with tenant_scope(tenant.id):
            warn_of_expiry.delay()


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def warn_of_expiry() -> None:
    """Mail the administrators 60, 30, 14, 7 days and one day before a certificate in use runs out."""
    with atomic():  # a mail that cannot be sent is tried again, so it must not count as sent
        due = notices.due_notices()
        if due:
            notices.tell_expiry(due, list(queries.administrators()))


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_break_glass(user_key: str) -> None:
    """Mail the administrators that the way back in was used."""
    with atomic():
        user = find_user(UUID(user_key))
        if user is not None:
            notices.tell_break_glass(user, list(queries.administrators()))


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_switched_off(by: str, reason: str) -> None:
    """Mail the administrators that the provider has switched the requirement off."""
    with atomic():
        notices.tell_switched_off(by, reason, list(queries.administrators()))
