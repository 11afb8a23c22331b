"""Mails about restores, in the language and the time zone of who reads them; each reaches somebody once (B6)."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backups.requests import queries
from backups.requests.models import RestoreKind, RestoreRequest, RestoreState
from tenants.isolation.directory import Company
from tenants.isolation.transactions import atomic

_SUBJECTS = {
    RestoreState.ASKED: _("A restore from a backup was asked for (%(company)s)"),
    RestoreState.APPROVED: _("A restore from a backup begins (%(company)s)"),
    RestoreState.REFUSED: _("A restore from a backup was refused (%(company)s)"),
    RestoreState.DONE: _("A restore from a backup is done (%(company)s)"),
    RestoreState.FAILED: _("A restore from a backup failed (%(company)s)"),
}


def tell(
    request: RestoreRequest, state: RestoreState, company: Company, people: Iterable[User], *, link: str, group: str
) -> int:
    """Mail a step to those of the people whom it did not reach yet; how many. In the company's scope.

    Sent first and noted then: who is killed in between tells one person twice, and nobody never.
    """
    sent = 0
    for person in people:
        mark = f"{state} {group} {person.id}"
        if mark in request.told:
            continue
        _mail(person, request, state, company, link)
        note_told(request, mark)
        sent += 1
    return sent


@atomic()
def note_told(request: RestoreRequest, mark: str) -> None:
    """The mail is on its way."""
    current = queries.request_for_change(request.id)
    if current is not None:
        current.told = [*current.told, mark]
        current.save(update_fields=["told"])
        request.told = current.told


def _mail(person: User, request: RestoreRequest, state: RestoreState, company: Company, link: str) -> None:
    context = {
        "person": person,
        "request": request,
        "state": state,
        "company": company,
        "whole": request.kind == RestoreKind.COMPANY,
        "link": settings.PUBLIC_URL + link,
    }
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = str(_SUBJECTS[state]) % {"company": company.name}
        message = render_to_string("backups/requests/mail/step.txt", context)
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
