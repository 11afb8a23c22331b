"""Mails to those who leave, in the language and the time zone of who reads them; each reaches somebody once (T4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from retention.cancellation.models import Cancellation, CancellationState
from retention.promise.dates import start_of
from tenants.isolation.directory import Company
from tenants.isolation.transactions import platform_transaction


class Notice(StrEnum):
    """Every mail on the way out, but for the one with the certificate."""

    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    WEEK_LEFT = "week_left"
    DAY_LEFT = "day_left"
    SUSPENDED = "suspended"
    ERASURE_NEAR = "erasure_near"


_SUBJECTS = {
    Notice.REQUESTED: _("The contract was cancelled (%(company)s)"),
    Notice.WITHDRAWN: _("The cancellation was withdrawn (%(company)s)"),
    Notice.WEEK_LEFT: _("7 days until the last day of use (%(company)s)"),
    Notice.DAY_LEFT: _("Tomorrow is the last day of use (%(company)s)"),
    Notice.SUSPENDED: _("Use has ended (%(company)s)"),
    Notice.ERASURE_NEAR: _("7 days until all data is erased (%(company)s)"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets the mails. `key` tells readers apart in what was noted."""

    key: str
    name: str
    email: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Links:
    """Whole addresses of the pages that a mail names."""

    cancellation: str
    data_return: str


def tell(
    cancellation: Cancellation, notice: Notice, company: Company, readers: Iterable[Reader], *, links: Links
) -> int:
    """Mail a notice to those of the readers whom it did not reach yet, once; how many.

    Sent first and noted then: who is killed in between tells one person twice, and nobody never.
    """
    if notice in cancellation.told:
        return 0
    sent = 0
    for reader in readers:
        mark = f"{notice} {reader.key}"
        if mark not in cancellation.told:
            _mail(reader, notice, cancellation, company, links)
            note_told(cancellation, [*cancellation.told, mark])
            sent += 1
    # Marks of people are needed while a notice is on its way only.
    note_told(cancellation, [*(mark for mark in cancellation.told if not mark.startswith(f"{notice} ")), notice.value])
    return sent


def note_told(cancellation: Cancellation, told: list[str]) -> None:
    """Who was told what."""
    with platform_transaction():
        Cancellation.objects.filter(id=cancellation.id).update(told=told)
    cancellation.told = told


def _mail(reader: Reader, notice: Notice, cancellation: Cancellation, company: Company, links: Links) -> None:
    context = {
        "name": reader.name,
        "notice": notice.value,
        "company": company.name,
        "dates": cancellation.dates,
        "cancellation_link": links.cancellation,
        "return_link": links.data_return,
    }
    with translation.override(reader.language or "ja"), timezone.override(ZoneInfo(reader.time_zone)):
        subject = str(_SUBJECTS[notice]) % {"company": company.name}
        message = render_to_string("retention/cancellation/mail/notice.txt", context)
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[reader.email])


def due_notice(cancellation: Cancellation, now: datetime) -> Notice | None:
    """The newest mail whose time has come and that was not sent yet; older ones would be wrong by now."""
    if cancellation.state == CancellationState.WITHDRAWN:
        newest = Notice.WITHDRAWN
    else:
        newest = [notice for notice, moment in _moments(cancellation) if moment <= now][-1]
    return None if newest in cancellation.told else newest


def _moments(cancellation: Cancellation) -> list[tuple[Notice, datetime]]:
    """When each is due, in the order of time. A reminder of a day before the request is none."""
    dates, zone = cancellation.dates, cancellation.time_zone
    plan = [(Notice.REQUESTED, cancellation.requested_at)]
    for notice, days in ((Notice.WEEK_LEFT, 7), (Notice.DAY_LEFT, 1)):
        moment = start_of(dates.last_day - timedelta(days=days), zone)
        if moment > cancellation.requested_at:
            plan.append((notice, moment))
    if cancellation.state == CancellationState.EFFECTIVE:
        plan.append((Notice.SUSPENDED, cancellation.effective_at or dates.suspended_at))
        plan.append((Notice.ERASURE_NEAR, start_of(dates.erase_on - timedelta(days=7), zone)))
    return plan
