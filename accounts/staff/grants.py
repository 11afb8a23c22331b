"""Using an access, and its end (A14).

What lets an operator in is their own session at the provider, which was checked as at every request, and the company's
row: it must be for this company, of this operator, running, and entered in this very session. There is no second secret
that could be stolen, replayed or left behind.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Session, User, UserState
from accounts.staff.actions import ACCESS_ENDED, ACCESS_ENTERED
from accounts.staff.models import AccessState, EndReason, StaffAccess
from accounts.staff.queries import access_for_change, find_access, overdue
from accounts.staff.records import as_operator, record_at_provider
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.directory import Company, current_company
from tenants.isolation.transactions import atomic, tenant_transaction


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants to work inside which company by which access, in which session of theirs."""

    company_id: UUID
    access_id: UUID
    operator_id: UUID
    session_id: UUID
    provider_id: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """An access of the operator who claims it, as it is now."""

    access: StaffAccess
    company: Company
    runs: bool
    entered_here: bool


@atomic()
def enter(access: StaffAccess, *, operator: User, session: Session, actor: Actor) -> None:
    """Open the company's pages to this session of the operator. In the provider's scope.

    A session in which the access was entered before loses it. Raises ValidationError when it does not let them in.
    """
    with tenant_transaction(access.tenant_id):
        found, company = access_for_change(access.id), current_company()
        allowed = found is not None and found.operator_id == operator.id and found.is_running
        if found is None or company is None or not company.open or not allowed:
            raise ValidationError(_("This access does not let you in."), code="state")
        found.operator_session, found.entered_at = session.id, found.entered_at or timezone.now()
        found.save(update_fields=["operator_session", "entered_at"])
        record(ACCESS_ENTERED, actor=as_operator(actor), target=found, after={"scope": found.scope})
    record_at_provider(ACCESS_ENTERED, found, company_code=company.code, actor=actor)


@atomic()
def end(access: StaffAccess, *, reason: EndReason, actor: Actor) -> None:
    """Stop the access, or take the request back, at once. Either side may; raises ValidationError when it is over."""
    with tenant_transaction(access.tenant_id):
        found, company = access_for_change(access.id), current_company()
        if found is None or found.state not in {AccessState.ASKED, AccessState.GRANTED}:
            raise ValidationError(_("This access is over already."), code="state")
        within = actor if reason is EndReason.COMPANY else as_operator(actor)
        _close(found, AccessState.ENDED, reason, within, timezone.now())
        record(ACCESS_ENDED, actor=within, target=found, after={"reason": reason})
    code = company.code if company else ""
    record_at_provider(ACCESS_ENDED, found, company_code=code, actor=actor, after={"reason": reason})


@atomic()
def close_overdue(now: datetime, *, actor: Actor) -> int:
    """Write down what is over in the company in scope; returns how many. Once closed, it is not found again."""
    company, closed = current_company(), list(overdue(now))
    code = company.code if company else ""
    for access in closed:
        unanswered = access.state == AccessState.ASKED
        _close(access, AccessState.EXPIRED if unanswered else AccessState.ENDED, EndReason.TIME, actor, now)
        after = {"reason": EndReason.TIME, "state": access.state}
        record(ACCESS_ENDED, actor=actor, target=access, after=after)
        record_at_provider(ACCESS_ENDED, access, company_code=code, actor=actor, after=after)
    return len(closed)


@atomic()
def close_stopped(access: StaffAccess, *, reason: EndReason, actor: Actor) -> None:
    """End an access whose operator or company was stopped; does nothing when it is over already. In any scope."""
    with tenant_transaction(access.tenant_id):
        found = access_for_change(access.id)
    if found is not None and found.state in {AccessState.ASKED, AccessState.GRANTED}:
        end(found, reason=reason, actor=actor)


def standing(claim: Claim, *, lock: bool = False) -> Standing | None:
    """How the claimed access stands; None if the company knows no such access of this operator. In its scope."""
    access = (access_for_change if lock else find_access)(claim.access_id)
    if access is None or access.company_id != claim.company_id or access.operator_id != claim.operator_id:
        return None
    company = current_company()
    if company is None:
        return None
    here = access.operator_session == claim.session_id
    return Standing(access, company, runs=access.is_running and company.open and not company.frozen, entered_here=here)


def still_stands(claim: Claim) -> bool:
    """Whether the work of a request may be kept, asked just before it is. In the company's scope and transaction.

    The row stays locked until then, so that an end by either side comes before this question or after the request.
    """
    found = standing(claim, lock=True)
    if found is None or not (found.runs and found.entered_here):
        return False
    with tenant_transaction(claim.provider_id):
        living = Session.objects.filter(id=claim.session_id, ended_at=None, user__state=UserState.ACTIVE)
        return living.filter(user_id=claim.operator_id).exists()


def _close(access: StaffAccess, state: AccessState, reason: EndReason, actor: Actor, now: datetime) -> None:
    access.state, access.end_reason, access.ended_at, access.ended_by_name = state, reason, now, actor.name
    access.save(update_fields=["state", "end_reason", "ended_at", "ended_by_name"])
