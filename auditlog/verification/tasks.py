"""Jobs of the verification (G7)."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff.queries import operators
from auditlog.actors import Actor
from auditlog.verification import services
from auditlog.verification.models import Alarm
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State
from tenants.queries import all_tenants, provider_scope
from vault.errors import StoreUnavailable

_JOB = Actor.system("audit log")


@platform_task
def verify_every_tenant() -> None:
    """Queue the verification of every company's log, then check the heads that hold for all of them.

    Of an erased company nothing is left but its statements, which the heads cover.
    """
    for tenant in all_tenants():
        if tenant.state != State.ERASED:
            with tenant_scope(tenant.id):
                verify_tenant_log.delay()
    with provider_scope():
        check_heads.delay()


@shared_task(autoretry_for=(DatabaseError,), retry_backoff=60, max_retries=5)
def verify_tenant_log() -> None:
    """Verify one company's log, once a day however often the task comes."""
    services.verify_today(actor=_JOB)


@shared_task(autoretry_for=(DatabaseError, StoreUnavailable), retry_backoff=60, max_retries=5)
def check_heads() -> None:
    """Check the heads and their anchors, once a day however often the task comes."""
    services.check_heads_today(actor=_JOB)


@platform_task
def raise_alarms() -> int:
    """Tell operators what is wrong, once; of how much they were told. What cannot be sent is sent with the next run."""
    with provider_scope() as provider_id:
        alarms = services.notice_alarms(actor=_JOB)
        with tenant_transaction(provider_id):
            people = list(operators()) if alarms else []
        codes = {tenant.id: tenant.company_code for tenant in all_tenants()} if alarms else {}
        for alarm in alarms:
            for person in people:
                _mail(person, alarm, codes.get(alarm.about, "") if alarm.about else "")
            services.note_told(alarm.id)
    return len(alarms)


def _mail(person: User, alarm: Alarm, company_code: str) -> None:
    context = {
        "person": person,
        "alarm": alarm,
        "company_code": company_code,
        "link": settings.PUBLIC_URL + reverse("operator:audit_proofs"),
    }
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = _("Audit log: %(problem)s") % {"problem": alarm}
        message = render_to_string("auditlog/mail/alarm.txt", context)
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
