"""Reads of inquiries for the tenant in scope; of all companies: `queue.py`; of internal notes: `notes.py` (N4)."""

from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import User
from accounts.queries import active_holders_of
from incidents.inquiries.models import Inquiry, InquiryAttachment, InquiryMessage, Side

MENU = "inquiries"
OPERATOR_MENU = "operator.inquiries"


def inquiries() -> QuerySet[Inquiry]:
    """Every inquiry of the company, the one with the newest message first."""
    return Inquiry.objects.annotate(message_count=Count("messages")).order_by("-last_message_at", "-id")


def find_inquiry(key: UUID) -> Inquiry | None:
    """The inquiry of that key in this tenant."""
    return Inquiry.objects.filter(id=key).first()


def inquiry_for_change(key: UUID) -> Inquiry | None:
    """The same, locked until the transaction ends."""
    return Inquiry.objects.select_for_update().filter(id=key).first()


def thread_of(inquiry: Inquiry) -> list[InquiryMessage]:
    """Its messages from the first to the last, with their files."""
    return list(inquiry.messages.prefetch_related("attachments").order_by("number"))


def find_message(key: UUID) -> InquiryMessage | None:
    """The message of that key with its inquiry."""
    return InquiryMessage.objects.select_related("inquiry").filter(id=key).first()


def find_attachment(key: UUID) -> InquiryAttachment | None:
    """The file of that key with its message and its inquiry."""
    return InquiryAttachment.objects.select_related("message__inquiry").filter(id=key).first()


def known_objects(names: list[str]) -> set[str]:
    """Those of the stored contents to which a row refers."""
    found = InquiryAttachment.objects.filter(object_name__in=names).order_by()
    return set(found.values_list("object_name", flat=True))


def people_in(inquiry: Inquiry) -> list[User]:
    """Who asked and whoever of the company wrote since, as far as they may use inquiries still."""
    wrote = inquiry.messages.filter(side=Side.COMPANY).order_by().values_list("author", flat=True)
    keys = {key for key in [inquiry.asked_by, *wrote] if key is not None}
    return list(active_holders_of(MENU).filter(id__in=keys).order_by("user_id"))


def operators() -> list[User]:
    """Who of the provider answers inquiries. In the provider's scope."""
    return list(active_holders_of(OPERATOR_MENU).order_by("name", "user_id"))
