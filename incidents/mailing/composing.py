"""One mail of a mailing, in the language and the time zone of its reader.

A template gets the values of the mailing's `context`, and of the reader: `name` (empty for a contact), `company`,
`company_code`, and `unsubscribe`, the whole link, in mails to subscribers. A value whose name ends in `_ja` or `_en` is
also there without the ending, in the reader's language, Japanese where no English was written. One whose name ends in
`_at` is a moment. One called `link` is a path on this server and becomes a whole address.
"""

from email.utils import parseaddr
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from incidents.mailing.models import Delivery, Mailing
from incidents.mailing.recipients import Reader

NOBODY = Reader("", "Asia/Tokyo")


def message_id_of(delivery_id: UUID) -> str:
    """The Message-ID of a delivery: the same whenever it is sent."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{delivery_id.hex}.mailing@{domain}>"


def compose(mailing: Mailing, delivery: Delivery, reader: Reader, *, company: str, company_code: str) -> EmailMessage:
    """The mail to one address. Reports of failure go to BOUNCE_ADDRESS, where one is set."""
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Message-ID": delivery.message_id,
        "Auto-Submitted": "auto-generated",
    }
    if delivery.unsubscribe:  # RFC 8058
        headers["List-Unsubscribe"] = f"<{settings.PUBLIC_URL}{delivery.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    about = {"name": reader.name, "company": company, "company_code": company_code}
    return EmailMessage(
        subject=mailing.subject_in(delivery.language),
        body=body_of(mailing, delivery.language, reader.time_zone, about | {"unsubscribe": delivery.unsubscribe}),
        from_email=settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL,
        to=[delivery.address],
        headers=headers,
    )


def body_of(mailing: Mailing, language: str, time_zone: str, about: dict[str, Any]) -> str:
    """The text of a mailing for such a reader. Raises what its template raises."""
    context = _in_language(mailing.context, language) | about
    for name in ("link", "unsubscribe"):
        if context.get(name):
            context[name] = f"{settings.PUBLIC_URL}{context[name]}"
    with translation.override(language), timezone.override(ZoneInfo(time_zone)):
        return render_to_string(mailing.template, context)


def _in_language(values: dict[str, Any], language: str) -> dict[str, Any]:
    found = {name: _revived(name, value) for name, value in values.items()}
    for name, value in values.items():
        bare, _line, ending = name.rpartition("_")
        if ending == "ja":
            found[bare] = (values.get(f"{bare}_en") if language == "en" else "") or value
    return found


def _revived(name: str, value: Any) -> Any:
    return parse_datetime(value) if name.endswith("_at") and isinstance(value, str) else value
