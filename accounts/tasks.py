"""Jobs of accounts."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import links, resets, users
from accounts.browsers import describe
from accounts.leaving import may_enter
from accounts.models import User, UserState
from accounts.network.queries import place_of
from accounts.policy import notices
from accounts.policy.queries import current_policy
from accounts.policy.validity import expires_at
from accounts.queries import active_holders_of, find_user
from auditlog.actors import Actor, ActorKind
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import open_tenants


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_invitation(user_key: str, actor_user_id: str) -> None:
    """Mail a fresh invitation (A7). Tried again, it sends a new link and voids the one before."""
    with atomic():
        try:
            user = users.invitation_target(UUID(user_key))
        except User.DoesNotExist:
            return  # removed in the meantime
        if user.state != UserState.INVITED or not may_enter(user):
            return
        link = links.issue_invitation(user, actor=Actor(ActorKind.SYSTEM, actor_user_id))
        company = current_company()
    name = company.name if company else ""

    def subject() -> str:
        return _("Your invitation to %(company)s") % {"company": name}

    _mail(user, subject, "accounts/mail/invitation.txt", company=company, link=link)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_reset(user_id: str) -> None:
    """Mail a link for a forgotten password, if there is such a user. Tried again, it voids the link before."""
    with atomic():
        user = resets.user_to_reset(user_id)
        if user is None or not may_enter(user):
            return
        link = links.issue_reset(user, actor=Actor.system("password reset"))
        company = current_company()
    context = {"company": company, "link": link, "minutes": resets.valid_minutes()}
    _mail(user, lambda: _("Set a new password"), "accounts/mail/reset.txt", **context)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_password_changed(user_key: str) -> None:
    """Tell the user that the password is another one now (ASVS 6.3.7)."""
    with atomic():
        user, company = find_user(UUID(user_key)), current_company()
    if user is not None:
        _mail(user, lambda: _("Your password was changed"), "accounts/mail/password_changed.txt", company=company)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_new_device(user_key: str, address: str | None, user_agent: str, moment: str) -> None:
    """Tell the user of a log-in from a browser in which they were never before (ASVS 6.3.5)."""
    with atomic():
        user, company = find_user(UUID(user_key)), current_company()
        place = place_of(address) if address else ""
    if user is None:
        return
    context = {
        "address": address,
        "place": place,
        "device": partial(describe, user_agent),  # said in the language of the mail
        "at": datetime.fromisoformat(moment),
        "sessions": settings.PUBLIC_URL + reverse("sessions"),
    }
    _mail(user, lambda: _("Log-in from a new device"), "accounts/mail/new_device.txt", company=company, **context)


@platform_task
def tell_of_ending_passwords() -> None:
    """Queue, for every open tenant, the mails about passwords that end soon."""
    for tenant in open_tenants():
        with tenant_scope(tenant.id):
            tell_tenant_of_ending_passwords.delay()


@shared_task
def tell_tenant_of_ending_passwords() -> int:
    """Mail those whose password ends in 14, 7 or 1 days, each once however often the job runs (ASVS 6.4.5)."""
    with atomic():
        due = notices.take_due(timezone.now())
    for user_key, days in due:
        send_ending_password.delay(user_key, days)
    return len(due)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_ending_password(user_key: str, days: int) -> None:
    """Mail that the password ends in so many days."""
    with atomic():
        user, company, policy = find_user(UUID(user_key)), current_company(), current_policy()
    end = expires_at(user, policy) if user else None
    if user is None or end is None:
        return
    subject = partial(ngettext, "Your password ends in %(days)d day", "Your password ends in %(days)d days", days)
    context = {"company": company, "end": end, "days": days, "address": settings.PUBLIC_URL + reverse("profile")}
    _mail(user, lambda: subject() % {"days": days}, "accounts/mail/password_ends.txt", **context)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_of_many_failures(number: int, minutes: int) -> None:
    """Mail those who look after the security policy (ASVS 6.3.5)."""
    with atomic():
        people, company = list(active_holders_of("console.security")), current_company()
    context = {"company": company, "number": number, "minutes": minutes, "address": settings.PUBLIC_URL}
    for person in people:
        _mail(person, lambda: _("Many failed log-ins"), "accounts/mail/many_failures.txt", **context)


def _mail(user: User, subject: Callable[[], str], template: str, **context: Any) -> None:
    """Send a mail in the language and the time zone of the user."""
    with translation.override(user.language or "ja"), timezone.override(ZoneInfo(user.time_zone)):
        message = render_to_string(template, {"user": user, **context})
        send_mail(subject=subject(), message=message, from_email=None, recipient_list=[user.email])
