"""Handing out a file of an inquiry: an attachment that no browser shows, streamed, and recorded (N4, D7)."""

import logging

from django.http import HttpResponseBase, StreamingHttpResponse

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import record
from config.attachments import as_attachment
from incidents.inquiries.actions import FILE_FETCHED, FILE_UNREADABLE
from incidents.inquiries.attachments import open_content
from incidents.inquiries.models import InquiryAttachment
from incidents.inquiries.records import facts_of, record_in_both
from tenants.isolation.transactions import tenant_transaction
from vault.errors import ObjectUnreadable, StoreError

logger = logging.getLogger(__name__)


class FileUnreadable(Exception):  # noqa: N818 - reads as the statement it is
    """The file cannot be had."""


def deliver(file: InquiryAttachment, *, by_operator: bool, actor: Actor, method: str) -> HttpResponseBase:
    """The response to GET, which is recorded, or to HEAD. Call with no transaction open. Raises FileUnreadable."""
    try:
        reader = open_content(file)
    except (StoreError, ObjectUnreadable) as error:
        logger.exception("The file %s of an inquiry cannot be read", file.id)
        _note(FILE_UNREADABLE, file, by_operator=by_operator, actor=actor, outcome=Outcome.FAILURE)
        raise FileUnreadable from error
    if method == "HEAD":
        reader.close()
        response = StreamingHttpResponse()
    else:
        _note(FILE_FETCHED, file, by_operator=by_operator, actor=actor)
        response = StreamingHttpResponse(reader)
    return as_attachment(response, name=file.name, content_type=file.content_type, size=file.size)


def _note(
    action: Action, file: InquiryAttachment, *, by_operator: bool, actor: Actor, outcome: Outcome = Outcome.SUCCESS
) -> None:
    inquiry = file.message.inquiry
    facts = facts_of(inquiry, message=file.message.number, size=file.size, sha256=file.sha256)
    with tenant_transaction(file.tenant_id):
        if by_operator:
            record_in_both(action, inquiry, actor=actor, outcome=outcome, after=facts)
        else:
            record(action, actor=actor, target=inquiry, outcome=outcome, after=facts)
