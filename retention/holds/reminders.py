"""The mail to whoever reviews a hold, in their language; when it is overdue, to every operator of holds (R5)."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from retention.holds import queries, services
from retention.holds.models import Hold
from tenants.isolation.transactions import atomic


def remind(hold_key: str) -> int:
    """Mail about one hold unless that was done today; how many. In the provider's scope.

    Sent first and noted then: who is killed in between tells somebody twice, and nobody never.
    """
    today = timezone.localdate()
    hold = next((one for one in queries.due_for_review(today) if one.id == UUID(hold_key)), None)
    if hold is None:
        return 0
    with atomic():
        people = queries.reviewers()
    # A reviewer who has left must not be the only one who knows.
    chosen = [person for person in people if person.id == hold.reviewer_id and not hold.overdue] or people
    for person in chosen:
        _mail(person, hold)
    services.note_reminded(hold.id, today)
    return len(chosen)


def _mail(person: User, hold: Hold) -> None:
    link = settings.PUBLIC_URL + reverse("operator:hold", args=[hold.id])
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = _("Legal hold to be reviewed: %(hold)s") % {"hold": hold}
        message = render_to_string("retention/holds/mail/review.txt", {"person": person, "hold": hold, "link": link})
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
