"""Internal notes about an inquiry: read and written as the platform role, which no page of a company ever is (N4)."""

from django.db.models import QuerySet

from auditlog.actors import Actor
from incidents.inquiries.actions import NOTE_ADDED
from incidents.inquiries.models import Inquiry, InquiryNote
from incidents.inquiries.records import facts_of, record_at_provider
from incidents.inquiries.thread import clean_text
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction


def add_note(inquiry: Inquiry, *, text: str, actor: Actor) -> InquiryNote:
    """Write a note, recorded in the provider's log alone. Raises ValidationError for an empty or too long one."""
    note = InquiryNote(
        tenant_id=inquiry.tenant_id, inquiry_id=inquiry.id, author_name=actor.name, text=clean_text(text)
    )
    with platform_transaction():
        note.save(force_insert=True)
        with tenant_scope(inquiry.tenant_id):
            record_at_provider(NOTE_ADDED, inquiry, actor=actor, after=facts_of(inquiry))
    return note


def notes_of(inquiry: Inquiry) -> list[InquiryNote]:
    """The notes about it, oldest first."""
    with platform_transaction():
        notes: QuerySet[InquiryNote] = InquiryNote.objects.filter(tenant_id=inquiry.tenant_id, inquiry_id=inquiry.id)
        return list(notes.order_by("at", "id"))
