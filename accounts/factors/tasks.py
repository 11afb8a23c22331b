"""Jobs of the second factor."""

from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.factors.notices import Notice
from accounts.queries import find_user
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell(user_key: str, notice: str) -> None:
    """Mail the user what happened to their second factor (ASVS 6.3.7)."""
    with atomic():
        user, company = find_user(UUID(user_key)), current_company()
    if user is None:
        return
    with translation.override(user.language or "ja"), timezone.override(ZoneInfo(user.time_zone)):
        subject = str(Notice(notice).label)
        context = {
            "user": user,
            "company": company,
            "notice": notice,
            "what": subject,
            "when": timezone.localtime(),
            "address": settings.PUBLIC_URL + reverse("factors"),
        }
        message = render_to_string("accounts/factors/mail/notice.txt", context)
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[user.email])
