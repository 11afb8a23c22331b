"""What a company does with an inquiry: ask, write more, say that it is resolved (N4). In the company's scope."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from incidents.alarms.services import raise_alarm
from incidents.inquiries import deadlines, queries
from incidents.inquiries.actions import INQUIRY_ASKED, INQUIRY_SETTLED, INQUIRY_WRITTEN
from incidents.inquiries.attachments import Stored
from incidents.inquiries.models import Inquiry, InquiryKind, InquiryMessage, InquiryState, Priority, Side
from incidents.inquiries.records import facts_of
from incidents.inquiries.thread import add_message, no_longer_there
from tenants.isolation.directory import Company, current_company
from tenants.isolation.transactions import atomic, take_turns


@atomic()
def ask(
    *, kind: InquiryKind, priority: Priority, subject: str, text: str, files: Sequence[Stored] = (), actor: Actor
) -> Inquiry:
    """Send an inquiry to support: the clock of its first answer runs from now. Raises ValidationError."""
    subject = " ".join(subject.split())
    if not subject:
        raise ValidationError({"subject": _("Say in a few words what it is about.")})
    take_turns("inquiries")
    now = timezone.now()
    last = Inquiry.objects.aggregate(last=Max("number"))["last"] or 0
    inquiry = Inquiry(
        number=last + 1,
        kind=kind,
        priority=priority,
        subject=subject,
        asked_by=actor.id,
        asked_by_name=actor.name,
        asked_at=now,
    )
    company = _company()
    inquiry.first_answer_due_at = deadlines.start(inquiry, company, actor=actor)
    inquiry.save(force_insert=True)
    message = add_message(inquiry, Side.COMPANY, text=text, files=files, actor=actor)
    inquiry.save(update_fields=["last_message_at"])
    record(INQUIRY_ASKED, actor=actor, target=inquiry, after=facts_of(inquiry, files=len(files)))
    _tell_support(message, company, actor=actor)
    return inquiry


@atomic()
def write(inquiry: Inquiry, *, text: str, files: Sequence[Stored] = (), actor: Actor) -> InquiryMessage:
    """Write more: support's turn again, also where the inquiry was at its end. Raises ValidationError."""
    current = _locked(inquiry)
    message = add_message(current, Side.COMPANY, text=text, files=files, actor=actor)
    before = current.state
    if current.state != InquiryState.OPEN:
        current.state = InquiryState.WAITING_FOR_SUPPORT
    current.save(update_fields=["state", "last_message_at"])
    record(
        INQUIRY_WRITTEN,
        actor=actor,
        target=current,
        before={"state": before},
        after=facts_of(current, state=current.state, message=message.number, files=len(files)),
    )
    _tell_support(message, _company(), actor=actor)
    return message


@atomic()
def settle(inquiry: Inquiry, *, actor: Actor) -> None:
    """Say that it is resolved. Raises ValidationError where it was at its end already."""
    current = _locked(inquiry)
    if current.is_ended:
        raise ValidationError(_("This inquiry is at its end already."), code="ended")
    before = current.state
    if current.waits_for_first_answer:
        deadlines.withdraw(current, reason="resolved by the company", actor=actor)
    current.state = InquiryState.RESOLVED
    current.save(update_fields=["state"])
    after = facts_of(current, state=current.state)
    record(INQUIRY_SETTLED, actor=actor, target=current, before={"state": before}, after=after)


def _tell_support(message: InquiryMessage, company: Company, *, actor: Actor) -> None:
    """By mail and chat, without a word of what is written: it may be about a hole in our own walls."""
    inquiry = message.inquiry
    name, first = f"{company.code} {inquiry.reference}", message.number == 1
    raise_alarm(
        f"inquiries.message.{message.id}",
        menu=queries.OPERATOR_MENU,
        subject_ja=f"お問い合わせ{name}が届きました" if first else f"お問い合わせ{name}に返信がありました",
        subject_en=f"New inquiry {name}" if first else f"New message in inquiry {name}",
        body_ja="最初の回答の期限をご確認のうえ、ご回答ください。" if first else "内容をご確認のうえ、ご回答ください。",
        body_en="See when its first answer is due, and answer it." if first else "Read and answer it.",
        link=deadlines.link_of(inquiry),
        actor=actor,
    )


def _locked(inquiry: Inquiry) -> Inquiry:
    current = queries.inquiry_for_change(inquiry.id)
    if current is None:
        raise no_longer_there()
    return current


def _company() -> Company:
    company = current_company()
    if company is None:
        raise no_longer_there()
    return company
