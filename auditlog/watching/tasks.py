"""Jobs of watching."""

from datetime import date
from email.utils import make_msgid
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import active_holders_of, find_user
from auditlog.watching import digests, queries
from auditlog.watching.models import Digest
from auditlog.watching.summaries import everybodys_summary, own_summary
from auditlog.watching.watch import watch
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company, provider_company
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant

OPERATOR_MENU, CONSOLE_MENU = "operator.watch", "console.audit"


@platform_task
def watch_every_tenant() -> int:
    """Queue a look at every log in which something is new (G9); how many those are."""
    waiting = queries.tenants_with_new_events()
    for tenant_id in waiting:
        with tenant_scope(tenant_id):
            watch_tenant.delay()
    return len(waiting)


@shared_task
def watch_tenant() -> int:
    """Look at what is new of one company; how many findings were made or have grown."""
    with atomic():
        zone = ZoneInfo(current_tenant().time_zone)
    return watch(zone=zone)


@platform_task
def send_digests() -> None:
    """Queue the digest of the day: for operators always, for the administrators of companies where something was.

    Runs every hour from 08:30 on: whoever has it does not get it again, whoever was missed gets it then.
    """
    digest, provider = digests.digest_for(timezone.now()), provider_company()
    noticed = {each.tenant_id for each in queries.noticed_everywhere(digest.since, digest.until)}
    companies = noticed | {provider.tenant_id} if provider else noticed
    for tenant_id in companies:
        with tenant_scope(tenant_id):
            tell_tenant.delay(digest.day.isoformat())


@shared_task
def tell_tenant(day: str) -> int:
    """Queue the digest for everybody of the company who is to get it and has not; how many."""
    with atomic():
        told = queries.told_already(date.fromisoformat(day))
        people = [person.id for person in active_holders_of(_menu()) if person.id not in told]
    for key in people:
        send_digest.delay(str(key), day)
    return len(people)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_digest(person_key: str, day: str) -> bool:
    """Mail the digest to one person, once a day however often this runs; whether it was sent now."""
    digest = queries.digest_of(date.fromisoformat(day))
    with atomic():  # a mail that cannot be sent is tried again, so it must not count as sent
        person = find_user(UUID(person_key))
        if digest is None or person is None or not person.is_active or not digests.claim(person.id, digest):
            return False
        _mail(person, digest)
    return True


def _menu() -> str:
    company = current_company()
    return OPERATOR_MENU if company is not None and company.is_provider else CONSOLE_MENU


def _mail(person: User, digest: Digest) -> None:
    """In the person's language and zone. A mail that is sent twice has one name, so that readers show it once."""
    to_operator = _menu() == OPERATOR_MENU
    summary = everybodys_summary(digest) if to_operator else own_summary(digest)
    context: dict[str, Any] = {
        "user": person,
        "company": current_company(),
        "digest": digest,
        "summary": summary,
        "address": settings.PUBLIC_URL + reverse("operator:watch" if to_operator else "console:watch"),
    }
    template = "auditlog/mail/digest_operators.txt" if to_operator else "auditlog/mail/digest_company.txt"
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = _("Unusual behaviour: %(count)d") % {"count": summary.findings}
        if not summary.findings:
            subject = _("Unusual behaviour: none")
        message = EmailMessage(subject, render_to_string(template, context), to=[person.email])
    name = f"digest-{digest.day:%Y%m%d}-{person.id.hex}"
    message.extra_headers["Message-ID"] = f"<{name}@{make_msgid().rpartition('@')[2]}"
    message.send()
