"""Mails to the company's people about answers, in the language of who reads them; each reaches somebody once (N4).

Nothing that was written is in them, for mail is read by others: they lead back to the page.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from incidents.inquiries import queries
from incidents.inquiries.models import InquiryMessage
from tenants.isolation.transactions import atomic


def tell(message: InquiryMessage) -> int:
    """Mail those who take part, as far as the mail did not reach them yet; how many. In the company's scope.

    Sent first and noted then: who is killed in between tells one person twice, and nobody never.
    """
    sent = 0
    with atomic():
        people = queries.people_in(message.inquiry)
    for person in people:
        mark = f"{message.number} {person.id}"
        if mark in message.inquiry.told:
            continue
        _mail(person, message)
        note_told(message, mark)
        sent += 1
    return sent


@atomic()
def note_told(message: InquiryMessage, mark: str) -> None:
    """The mail is on its way."""
    current = queries.inquiry_for_change(message.inquiry_id)
    if current is not None:
        current.told = [*current.told, mark]
        current.save(update_fields=["told"])
        message.inquiry.told = current.told


def _mail(person: User, message: InquiryMessage) -> None:
    inquiry = message.inquiry
    link = settings.PUBLIC_URL + reverse("inquiries:inquiry", args=[inquiry.id])
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = _("Your inquiry %(number)s was answered") % {"number": inquiry.reference}
        text = render_to_string(
            "incidents/inquiries/mail/answered.txt", {"person": person, "inquiry": inquiry, "link": link}
        )
        send_mail(subject=subject, message=text, from_email=None, recipient_list=[person.email])
