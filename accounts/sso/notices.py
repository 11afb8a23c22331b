"""Telling administrators: a certificate that runs out, a password used where single sign-on is required."""

from collections.abc import Iterable
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sso import queries
from accounts.sso.certificates import Certificate, read_certificate
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic

# Days before the end; somebody must have time to answer, and a missed mail is followed by the next one.
THRESHOLDS = (60, 30, 14, 7, 1, 0)


@atomic()
def due_notices() -> list[Certificate]:
    """The certificates that have come nearer to their end than administrators were told; they count as told now."""
    connection = queries.connection_for_change()
    if connection is None:
        return []
    told, due = dict(connection.expiry_notices), []
    for certificate in map(read_certificate, connection.certificates):
        reached = min((days for days in THRESHOLDS if certificate.days_left <= days), default=None)
        if reached is not None and reached < told.get(certificate.fingerprint, THRESHOLDS[0] + 1):
            told[certificate.fingerprint] = reached
            due.append(certificate)
    if due:
        connection.expiry_notices = told
        connection.save(update_fields=["expiry_notices"])
    return due


def tell_expiry(certificates: Iterable[Certificate], people: Iterable[User]) -> None:
    """Mail the administrators about certificates that run out."""
    context: dict[str, Any] = {"certificates": list(certificates), "company": current_company()}
    for person in people:
        with translation.override(person.language or "ja"):
            _mail(person, _("Single sign-on: a certificate runs out"), "expiry", context)


def tell_break_glass(user: User, people: Iterable[User]) -> None:
    """Mail the administrators that somebody came in by password."""
    context: dict[str, Any] = {"user": user, "company": current_company()}
    for person in people:
        with translation.override(person.language or "ja"):
            _mail(person, _("Single sign-on: a password was used"), "break_glass", context)


def tell_switched_off(by: str, reason: str, people: Iterable[User]) -> None:
    """Mail the administrators that the provider lets passwords work again."""
    context: dict[str, Any] = {"by": by, "reason": reason, "company": current_company()}
    for person in people:
        with translation.override(person.language or "ja"):
            _mail(person, _("Single sign-on: passwords work again"), "switched_off", context)


def _mail(person: User, subject: str, template: str, context: dict[str, Any]) -> None:
    message = render_to_string(f"accounts/sso/mail/{template}.txt", context)
    send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
