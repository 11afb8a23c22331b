"""Jobs of passkeys: an alarm for their owners (ASVS 6.3.5)."""

from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.queries import find_user
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_copied(user_key: str, name: str) -> None:
    """Tell the user that somebody may have a copy of the passkey."""
    with atomic():
        user, company = find_user(UUID(user_key)), current_company()
    if user is None:
        return
    context = {"user": user, "company": company, "name": name, "address": settings.PUBLIC_URL + reverse("passkeys")}
    with translation.override(user.language or "ja"):
        message = render_to_string("accounts/passkeys/mail/copied.txt", context)
        subject = _("A passkey of yours was refused")
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[user.email])
