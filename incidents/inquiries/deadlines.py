"""When the first answer to an inquiry is due: in business hours, by its priority, on the promise clock (N4)."""

from datetime import datetime, timedelta

from django.urls import reverse

from auditlog.actors import Actor
from config.business_hours import is_business_time
from incidents.inquiries.models import Inquiry, Priority
from tenants.isolation.directory import Company

KIND = "first_answer"
# A business day has eight hours.
HOURS = {
    Priority.URGENT: timedelta(hours=2),
    Priority.HIGH: timedelta(hours=4),
    Priority.NORMAL: timedelta(hours=8),
    Priority.LOW: timedelta(hours=16),
}


def promised() -> list[tuple[str, int]]:
    """What each priority is called, and within how many business hours it gets its first answer."""
    return [(str(priority.label), hours // timedelta(hours=1)) for priority, hours in HOURS.items()]


def due_at(priority: str, asked_at: datetime) -> datetime:
    """When the first answer to an inquiry of that priority is due."""
    left = HOURS[Priority(priority)]
    while left > timedelta(0):
        if is_business_time(asked_at):
            left -= timedelta(minutes=15)
        asked_at += timedelta(minutes=15)
    return asked_at


def start(inquiry: Inquiry, company: Company, *, actor: Actor) -> None:
    """Let the clock run. In the transaction that writes the inquiry."""
    del company, actor


def meet(inquiry: Inquiry, at: datetime, *, actor: Actor) -> None:
    """The first answer is there."""
    del at, actor


def withdraw(inquiry: Inquiry, *, reason: str, actor: Actor) -> None:
    """Nobody waits for an answer any more."""
    del reason, actor


def link_of(inquiry: Inquiry) -> str:
    """The inquiry's page for operators, as a path."""
    return reverse("operator:inquiry", args=[inquiry.tenant_id, inquiry.id])
