"""The mail about a data return that has ended, to whoever asked for it, in their language and zone, once (R3)."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import find_user
from retention.returning import queries
from retention.returning.models import DataReturn, ReturnState
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic

_WITH_NEWS = (ReturnState.READY, ReturnState.FAILED)


def tell(key: UUID, *, link: str) -> bool:
    """Mail that the files are there, or that there will be none; whether it was done. Call with no transaction open.

    Sent first and noted then: who is killed in between tells twice, and never not at all.
    """
    with atomic():
        row, company = queries.find_return(key), current_company()
        person = find_user(row.asked_by) if row is not None and row.asked_by else None
    if row is None or row.told_at is not None or row.state not in _WITH_NEWS:
        return False
    if person is not None and person.is_active and company is not None:
        _mail(person, row, company.name, link)
    note_told(row)
    return True


@atomic()
def note_told(row: DataReturn) -> None:
    """The mail is on its way."""
    current = queries.return_for_change(row.id)
    if current is not None:
        current.told_at = timezone.now()
        current.save(update_fields=["told_at"])


def _mail(person: User, row: DataReturn, company: str, link: str) -> None:
    ready = row.state == ReturnState.READY
    context = {"person": person, "row": row, "ready": ready, "company": company, "link": settings.PUBLIC_URL + link}
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = _("Your data is ready (%(company)s)") if ready else _("The data return failed (%(company)s)")
        message = render_to_string("returning/mail/ended.txt", context)
        send_mail(
            subject=subject % {"company": company}, message=message, from_email=None, recipient_list=[person.email]
        )
