"""Mails about staff access, in the language and the time zone of who reads them (A14)."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.staff.models import StaffAccess
from tenants.isolation.directory import Company

_SUBJECTS = {
    "asked": _("The provider's staff asks for access to %(company)s"),
    "emergency_asked": _("Emergency access to %(company)s waits for a second operator"),
    "emergency": _("Emergency access of the provider's staff to %(company)s has begun"),
    "decided": _("Access to %(company)s: %(state)s"),
}


def tell_of_request(access: StaffAccess, company: Company, people: Iterable[User]) -> None:
    """Mail those who decide that somebody asks."""
    for person in people:
        _mail(person, "asked", access, company, reverse("console:staff_access", args=[access.id]))


def tell_of_emergency_request(access: StaffAccess, company: Company, people: Iterable[User]) -> None:
    """Mail the other operators that one of them declares an emergency."""
    for person in people:
        _mail(person, "emergency_asked", access, company, _operators_page(access))


def tell_of_emergency(access: StaffAccess, company: Company, people: Iterable[User]) -> None:
    """Mail those who decide that another operator has granted the access in their place."""
    for person in people:
        _mail(person, "emergency", access, company, reverse("console:staff_access", args=[access.id]))


def tell_operator(access: StaffAccess, company: Company, asker: User) -> None:
    """Mail the operator what was decided."""
    _mail(asker, "decided", access, company, _operators_page(access))


def _operators_page(access: StaffAccess) -> str:
    return reverse("operator:staff_access", args=[access.tenant_id, access.id])


def _mail(person: User, template: str, access: StaffAccess, company: Company, page: str) -> None:
    context = {"person": person, "access": access, "company": company, "link": settings.PUBLIC_URL + page}
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = str(_SUBJECTS[template]) % {"company": company.name, "state": access.state_now.label}
        message = render_to_string(f"accounts/staff/mail/{template}.txt", context)
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
