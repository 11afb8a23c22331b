"""Reads of staff access, behind the company's wall."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.queries import active_holders_of
from accounts.staff.models import ANSWER_HOURS, AccessState, StaffAccess

CONSOLE_MENU = "console.staff_access"
OPERATOR_MENU = "operator.staff_access"


def accesses() -> QuerySet[StaffAccess]:
    """Every access of the provider's staff to this company, newest first."""
    return StaffAccess.objects.order_by("-asked_at", "-id")


def find_access(id: UUID) -> StaffAccess | None:  # noqa: A002 - it is the id
    """The access of that key in this company."""
    return StaffAccess.objects.filter(id=id).first()


def access_for_change(id: UUID) -> StaffAccess | None:  # noqa: A002
    """The same, locked until the transaction ends. Whoever works by it waits here with the end of their request."""
    return StaffAccess.objects.select_for_update().filter(id=id).first()


def waiting(now: datetime) -> QuerySet[StaffAccess]:
    """Requests that wait for an answer."""
    return accesses().filter(state=AccessState.ASKED, asked_at__gt=now - timedelta(hours=ANSWER_HOURS))


def running(now: datetime) -> QuerySet[StaffAccess]:
    """Accesses by which somebody may work now."""
    return accesses().filter(state=AccessState.GRANTED, ends_at__gt=now)


def in_hand(now: datetime) -> QuerySet[StaffAccess]:
    """What the company should know of now: requests that wait, and accesses that run."""
    return waiting(now) | running(now)


def overdue(now: datetime) -> QuerySet[StaffAccess]:
    """What is over and not yet written down as such, locked."""
    unanswered = Q(state=AccessState.ASKED, asked_at__lte=now - timedelta(hours=ANSWER_HOURS))
    return accesses().filter(unanswered | Q(state=AccessState.GRANTED, ends_at__lte=now)).select_for_update()


def deciders() -> QuerySet[User]:
    """The company's people who decide about requests."""
    return active_holders_of(CONSOLE_MENU)


def operators() -> QuerySet[User]:
    """Those who may ask, and who may stand in for a company in an emergency. In the provider's scope."""
    return active_holders_of(OPERATOR_MENU)
