"""What both sides do to a thread: the next message with its files, and who is told of it (N4)."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents.inquiries.attachments import Stored
from incidents.inquiries.models import Inquiry, InquiryAttachment, InquiryMessage, Side

LONGEST = 20_000  # characters of a message
TELL = "incidents.inquiries.tasks.tell"


def add_message(inquiry: Inquiry, side: Side, *, text: str, files: Sequence[Stored], actor: Actor) -> InquiryMessage:
    """Add a message to the thread, whose row is locked. A part of asking and answering, which record.

    Raises ValidationError for an empty or too long text.
    """
    text = clean_text(text)
    last = inquiry.messages.aggregate(last=Max("number"))["last"] or 0
    now = timezone.now()
    message = InquiryMessage(
        inquiry=inquiry,
        number=last + 1,
        side=side,
        author=actor.id,
        author_name=actor.name,
        text=text,
        at=now,
    )
    message.save(force_insert=True)
    for file in files:
        InquiryAttachment(
            message=message,
            name=file.name,
            object_name=file.object_name,
            size=file.size,
            sha256=file.sha256,
            content_type=file.content_type,
        ).save(force_insert=True)
    inquiry.last_message_at = now
    return message


def clean_text(text: str) -> str:
    """The text with one kind of line ends and nothing round it. Raises ValidationError."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise ValidationError({"text": _("Write a message.")})
    if len(text) > LONGEST:
        raise ValidationError({"text": _("The message is longer than %(limit)d characters.") % {"limit": LONGEST}})
    return text


def no_longer_there() -> ValidationError:
    """The complaint about an inquiry that is not there."""
    return ValidationError(_("This inquiry is not there any more."), code="gone")
