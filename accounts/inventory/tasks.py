"""Jobs of account inventories."""

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.inventory import reminders
from accounts.inventory.queries import MENU
from accounts.queries import active_holders_of
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import open_tenants


@platform_task
def remind() -> None:
    """Queue, for every open tenant, the reminder of its account inventory."""
    for tenant in open_tenants():
        with tenant_scope(tenant.id):
            remind_tenant.delay()


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def remind_tenant() -> int:
    """Mail those who may hold an inventory when one is due, or open for too long; returns how many were told."""
    with atomic():  # a mail that cannot be sent is tried again, so it must not count as sent
        reminder = reminders.take_due(timezone.now())
        if reminder is None:
            return 0
        people = list(active_holders_of(MENU))
        context = {
            "reminder": reminder,
            "company": current_company(),
            "address": settings.PUBLIC_URL + reverse("console:inventory"),
        }
        for person in people:
            with translation.override(person.language or "ja"):
                subject = (
                    _("Account inventory: please complete it") if reminder.review else _("Account inventory is due")
                )
                message = render_to_string("accounts/mail/inventory.txt", context | {"user": person})
            send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
    return len(people)
