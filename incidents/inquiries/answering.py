"""What operators do with an inquiry of a company: take it over, answer, end it, make it an incident (N4).

Called in the provider's scope: each deed enters the company for its length, and stands in both logs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from auditlog.actors import Actor
from incidents.inquiries import deadlines, queries
from incidents.inquiries.actions import INQUIRY_ANSWERED, INQUIRY_ASSIGNED, STATE_CHANGED
from incidents.inquiries.attachments import Stored
from incidents.inquiries.models import ENDED, Inquiry, InquiryMessage, InquiryState, Side
from incidents.inquiries.records import facts_of, record_in_both
from incidents.inquiries.thread import TELL, add_message, no_longer_there
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, tenant_transaction

AFTER_ANSWER = (InquiryState.WAITING_FOR_COMPANY, InquiryState.WAITING_FOR_SUPPORT, InquiryState.RESOLVED)
BY_HAND = (
    InquiryState.WAITING_FOR_SUPPORT,
    InquiryState.WAITING_FOR_COMPANY,
    InquiryState.RESOLVED,
    InquiryState.CLOSED,
)


@atomic()
def answer(
    inquiry: Inquiry, *, text: str, state: InquiryState, files: Sequence[Stored] = (), operator: User, actor: Actor
) -> InquiryMessage:
    """Answer the company; the first answer stops the clock, and whoever answers what nobody has takes it over.

    `state` is one of AFTER_ANSWER. Raises ValidationError.
    """
    if state not in AFTER_ANSWER:
        raise ValidationError({"state": _("An answer cannot leave an inquiry in this state.")})
    with inside(inquiry) as current:
        message = add_message(current, Side.SUPPORT, text=text, files=files, actor=actor)
        before = {"state": current.state}
        if current.first_answered_at is None:
            current.first_answered_at = message.at
            deadlines.meet(current, message.at, actor=actor)
        if current.assigned_to is None:
            current.assigned_to, current.assigned_to_name = operator.id, operator.name
        current.state = state
        current.save()
        after = facts_of(current, state=state, message=message.number, files=len(files))
        record_in_both(INQUIRY_ANSWERED, current, actor=actor, before=before, after=after)
        queue_on_commit(TELL, str(message.id))
    return message


@atomic()
def assign(inquiry: Inquiry, *, to: User | None, actor: Actor) -> None:
    """Put an operator in charge, or nobody; whoever does so for themselves takes it over. Raises ValidationError."""
    with inside(inquiry) as current:
        before = {"in_charge": current.assigned_to_name}
        current.assigned_to, current.assigned_to_name = (to.id, to.name) if to else (None, "")
        current.save(update_fields=["assigned_to", "assigned_to_name"])
        after = facts_of(current, in_charge=current.assigned_to_name)
        record_in_both(INQUIRY_ASSIGNED, current, actor=actor, before=before, after=after)


@atomic()
def change_state(inquiry: Inquiry, *, state: InquiryState, actor: Actor) -> None:
    """Say whose turn it is, or that it is at its end. Raises ValidationError where nothing would change."""
    if state not in BY_HAND:
        raise ValidationError({"state": _("An inquiry does not become new again.")})
    with inside(inquiry) as current:
        if current.state == state:
            raise ValidationError({"state": _("The inquiry is in this state already.")})
        before = {"state": current.state}
        if current.waits_for_first_answer and state in ENDED:
            deadlines.withdraw(current, reason="ended without an answer", actor=actor)
        current.state = state
        current.save(update_fields=["state"])
        record_in_both(STATE_CHANGED, current, actor=actor, before=before, after=facts_of(current, state=state))


@contextmanager
def inside(inquiry: Inquiry) -> Iterator[Inquiry]:
    """Enter its company and lock it there. Raises ValidationError."""
    with tenant_transaction(inquiry.tenant_id):
        current = queries.inquiry_for_change(inquiry.id)
        if current is None:
            raise no_longer_there()
        yield current
