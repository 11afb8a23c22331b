"""Inquiries for tests."""

from typing import Any

from incidents.inquiries import answering, asking, attachments, queries
from incidents.inquiries.attachments import Sent
from incidents.inquiries.models import Inquiry, InquiryKind, InquiryMessage, InquiryState, Priority
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tests.factories.people import Person

SUBJECT, TEXT = "Invoices do not open", "Since 9:00 the page stays white."
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17)


def ask(person: Person, *files: Sent, **fields: Any) -> Inquiry:
    """Somebody's inquiry, with files."""
    wanted: dict[str, Any] = {"kind": InquiryKind.FAULT, "priority": Priority.NORMAL, "subject": SUBJECT, "text": TEXT}
    with (
        tenant_scope(person.tenant.id),
        attachments.stored(files, tenant_id=person.tenant.id) as stored,
    ):
        return asking.ask(**(wanted | fields), files=stored, actor=person.actor)


def answer(operator: Person, inquiry: Inquiry, **fields: Any) -> InquiryMessage:
    """An operator's answer."""
    wanted: dict[str, Any] = {"text": "We look after it.", "state": InquiryState.WAITING_FOR_COMPANY}
    with tenant_scope(operator.tenant.id):
        return answering.answer(inquiry, **(wanted | fields), operator=operator.user, actor=operator.actor)


def now(inquiry: Inquiry) -> Inquiry:
    """As it is in the database."""
    with tenant_transaction(inquiry.tenant_id):
        found = queries.find_inquiry(inquiry.id)
    assert found is not None
    return found
