"""The promised first answer to an inquiry, on the promise clock: in business hours, by its priority (N4)."""

from datetime import datetime

from django.urls import reverse

from auditlog.actors import Actor
from incidents.clock.kinds import FIRST_ANSWER_HOURS
from incidents.clock.services import meet_deadline, start_deadline, withdraw_deadline
from incidents.inquiries.models import Inquiry, Priority
from tenants.isolation.directory import Company

KIND = "first_answer"


def promised() -> list[tuple[str, int]]:
    """What each priority is called, and within how many business hours it gets its first answer; urgent ones first."""
    return [(str(one.label), FIRST_ANSWER_HOURS[one]) for one in reversed(Priority)]


def start(inquiry: Inquiry, company: Company, *, actor: Actor) -> datetime:
    """Let the clock run, in the transaction that writes the inquiry; until when."""
    deadline = start_deadline(
        KIND,
        about="inquiry",
        about_id=inquiry.id,
        started_at=inquiry.asked_at,
        title_ja=f"お問い合わせ{company.code} {inquiry.reference}への最初の回答",
        title_en=f"First answer to inquiry {company.code} {inquiry.reference}",
        link=link_of(inquiry),
        tenant_id=inquiry.tenant_id,
        grade=inquiry.priority,
        actor=actor,
    )
    return deadline.due_at


def meet(inquiry: Inquiry, at: datetime, *, actor: Actor) -> None:
    """The first answer is there."""
    meet_deadline(KIND, about_id=inquiry.id, at=at, actor=actor)


def withdraw(inquiry: Inquiry, *, reason: str, actor: Actor) -> None:
    """Nobody waits for an answer any more."""
    withdraw_deadline(KIND, about_id=inquiry.id, reason=reason, actor=actor)


def link_of(inquiry: Inquiry) -> str:
    """The inquiry's page for operators, as a path."""
    return reverse("operator:inquiry", args=[inquiry.tenant_id, inquiry.id])
