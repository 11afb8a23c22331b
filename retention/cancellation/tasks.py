"""Jobs of leaving: the end of use, and the mails on the way (T4)."""

from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.menus import BY_CODE
from auditlog.actors import Actor
from retention.cancellation import notices, queries, services
from retention.cancellation.notices import Links, Notice, Reader
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic

_JOB = Actor.system("cancellation")


@platform_task
def end_use() -> int:
    """Suspend whose last day is over, and plan their erasure; returns how many. Each on its own, and repeatable."""
    return sum(services.take_effect(one.id, actor=_JOB) for one in queries.due_cancellations(timezone.now()))


@platform_task
def remind() -> int:
    """Queue the mails whose time has come; returns how many companies get one."""
    now, due = timezone.now(), 0
    for cancellation in queries.cancellations_on_the_way():
        notice = notices.due_notice(cancellation, now)
        if notice is not None:
            with tenant_scope(cancellation.tenant_id):
                tell.delay(str(cancellation.id), notice.value)
            due += 1
    return due


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell(key: str, notice: str) -> int:
    """Mail one notice to the company's people; how many mails. Once done, it does nothing."""
    with atomic():
        cancellation, company = queries.find_own(UUID(key)), current_company()
        people, billing = list(queries.leavers_people()), queries.billing_contact()
    if cancellation is None or company is None:
        return 0
    links = Links(_address("console:cancellation"), _address(BY_CODE[queries.RETURN_MENU].url_name or "home"))
    readers = [Reader(str(one.id), one.name, one.email, one.language, one.time_zone) for one in people]
    if billing and billing[1] not in {reader.email for reader in readers}:
        readers.append(Reader("billing", *billing, "", cancellation.time_zone))
    return notices.tell(cancellation, Notice(notice), company, readers, links=links)


def _address(name: str) -> str:
    return str(settings.PUBLIC_URL) + reverse(name)
