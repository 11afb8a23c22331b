"""Jobs of staff access: mails, and writing down what is over."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.staff import directory, grants, notices
from accounts.staff.models import ANSWER_HOURS, EndReason
from accounts.staff.queries import deciders, find_access, operators
from auditlog.actors import Actor
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company, provider_company
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic, tenant_transaction


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_of_request(access_key: str) -> None:
    """Mail the company's deciders that somebody asks; in an emergency also the other operators."""
    with atomic():
        access, company, people = find_access(UUID(access_key)), current_company(), list(deciders())
    if access is None or company is None:
        return
    notices.tell_of_request(access, company, people)
    provider = provider_company() if access.emergency else None
    if provider is not None:
        with tenant_transaction(provider.tenant_id):
            others = list(operators().exclude(id=access.operator_id))
        notices.tell_of_emergency_request(access, company, others)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_of_emergency(access_key: str) -> None:
    """Mail the company's deciders that another operator has granted the access in their place."""
    with atomic():
        access, company, people = find_access(UUID(access_key)), current_company(), list(deciders())
    if access is not None and company is not None:
        notices.tell_of_emergency(access, company, people)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_operator(access_key: str) -> None:
    """Mail the operator who asked what was decided."""
    with atomic():
        access, company = find_access(UUID(access_key)), current_company()
    provider = provider_company()
    if access is None or company is None or provider is None:
        return
    with tenant_transaction(provider.tenant_id):
        asker = operators().filter(id=access.operator_id).first()
    if asker is not None:
        notices.tell_operator(access, company, asker)


@platform_task
def close_accesses() -> None:
    """Write down what is over: time, answers that never came, operators and companies that were stopped."""
    now = timezone.now()
    for company_id in directory.companies_with_overdue(now, now - timedelta(hours=ANSWER_HOURS)):
        with tenant_scope(company_id):
            close_overdue_accesses.delay()
    for access, reason in directory.stopped():
        with tenant_scope(access.tenant_id):
            close_stopped_access.delay(str(access.id), reason)


@shared_task
def close_overdue_accesses() -> int:
    """The same for one company; run again, it finds nothing."""
    return grants.close_overdue(timezone.now(), actor=Actor.system("staff access"))


@shared_task
def close_stopped_access(access_key: str, reason: str) -> None:
    """End one access whose operator or company was stopped."""
    with atomic():
        access = find_access(UUID(access_key))
        if access is not None:
            grants.close_stopped(access, reason=EndReason(reason), actor=Actor.system("staff access"))
