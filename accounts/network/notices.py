"""Telling administrators that the provider has opened their company to every address."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.network.models import NetworkPolicy
from tenants.isolation.directory import current_company


def tell_opening(policy: NetworkPolicy, opened_by: str, people: Iterable[User]) -> None:
    """Mail until when it is open, why, and by whom."""
    context: dict[str, Any] = {"policy": policy, "opened_by": opened_by, "company": current_company()}
    for person in people:
        with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
            message = render_to_string("accounts/mail/network_opened.txt", context)
            subject = _("Your list of IP addresses was opened in an emergency")
            send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
