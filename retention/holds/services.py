"""Placing a legal hold, looking at it again, and releasing it (R5).

A hold acts at once, on the word of one operator, because what it protects may be gone tomorrow. Another operator is its
reviewer, and nobody releases a hold alone: one asks, another one confirms.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff.records import as_operator
from auditlog.actions import Action
from auditlog.actors import Actor
from auditlog.services import record
from retention.holds import letting_go, telling
from retention.holds.actions import (
    HOLD_PLACED,
    HOLD_RELEASED,
    HOLD_REVIEWED,
    HOLD_UNSEALED,
    RELEASE_ASKED,
    RELEASE_WITHDRAWN,
)
from retention.holds.models import Extent, Hold
from retention.holds.scopes import Reach
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import normalize_code, provider_company
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant

LONGEST_DAYS = 366  # until the next review


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an authority has ordered, by which law; `sealing_ground` is why the company must not know, or empty."""

    reach: Reach
    authority: str
    reference: str
    legal_ground: str
    reason: str
    requested_on: date
    sealing_ground: str = ""


def place_hold(
    tenant: Tenant,
    order: Order,
    *,
    reviewer: User,
    review_on: date,
    typed_code: str,
    operator: User,
    actor: Actor,
) -> Hold:
    """Place a hold; it acts when this returns. Raises ValidationError."""
    require_code(tenant.company_code, typed_code)
    if tenant.state == State.ERASED:
        raise ValidationError(_("The data of this company is erased: there is nothing to hold."), code="erased")
    if reviewer.id == operator.id:
        raise ValidationError({"reviewer": _("Somebody else has to review the hold.")})
    _require_review_day(review_on)
    hold = Hold(
        authority=order.authority,
        reference=order.reference,
        legal_ground=order.legal_ground,
        reason=order.reason,
        requested_on=order.requested_on,
        sealed=bool(order.sealing_ground),
        sealing_ground=order.sealing_ground,
        placed_by_id=operator.id,
        placed_by_name=operator.name,
        reviewer_id=reviewer.id,
        reviewer_name=reviewer.name,
        review_on=review_on,
    )
    order.reach.put_into(hold, tenant)
    with platform_transaction():
        hold.save(force_insert=True)
        if not hold.sealed:
            telling.tell_of_hold(hold)
        inside = {"reason": hold.reason, "sealed": hold.sealed, "review_on": review_on, "reviewer": reviewer.name}
        _record(HOLD_PLACED, hold, actor=actor, inside=inside)
    return hold


def review_hold(hold_id: UUID, *, review_on: date, operator: User, actor: Actor) -> Hold:
    """Confirm that it is needed still, until the next review. Raises ValidationError for whoever placed it."""
    _require_review_day(review_on)
    with platform_transaction():
        hold = _locked(hold_id)
        if operator.id == hold.placed_by_id:
            raise ValidationError(_("Whoever placed the hold cannot review it."), code="own")
        before = {"review_on": hold.review_on}
        hold.review_on, hold.reviewed_at = review_on, timezone.now()
        hold.reviewer_id, hold.reviewer_name = operator.id, operator.name
        hold.save(update_fields=["review_on", "reviewed_at", "reviewer_id", "reviewer_name"])
        _record(HOLD_REVIEWED, hold, actor=actor, before=before, inside={"review_on": review_on}, told=False)
    return hold


def unseal_hold(hold_id: UUID, *, operator: User, actor: Actor) -> Hold:
    """Let the company know of it from now on."""
    with platform_transaction():
        hold = _locked(hold_id)
        if not hold.sealed:
            raise ValidationError(_("The company knows of this hold already."), code="known")
        hold.sealed = False
        hold.save(update_fields=["sealed"])
        telling.tell_of_hold(hold)
        _record(HOLD_UNSEALED, hold, actor=actor, inside={"by": operator.name})
    return hold


def ask_release(hold_id: UUID, *, reason: str, typed_code: str, operator: User, actor: Actor) -> Hold:
    """Ask for the release; the hold acts on until another operator confirms. Raises ValidationError."""
    with platform_transaction():
        hold = _locked(hold_id)
        require_code(hold.company_code, typed_code)
        if hold.release_asked_at is not None:
            raise ValidationError(_("The release was asked for already."), code="asked")
        hold.release_asked_at, hold.release_reason = timezone.now(), reason
        hold.release_asked_by_id, hold.release_asked_by_name = operator.id, operator.name
        hold.save()
        _record(RELEASE_ASKED, hold, actor=actor, inside={"reason": reason}, told=False)
    return hold


def withdraw_release(hold_id: UUID, *, operator: User, actor: Actor) -> Hold:
    """Take the request back, by whichever operator."""
    with platform_transaction():
        hold = _locked(hold_id)
        _require_asked(hold)
        before = {"reason": hold.release_reason, "asked_by": hold.release_asked_by_name}
        hold.release_asked_at, hold.release_reason = None, ""
        hold.release_asked_by_id, hold.release_asked_by_name = None, ""
        hold.save()
        _record(RELEASE_WITHDRAWN, hold, actor=actor, before=before, inside={"by": operator.name}, told=False)
    return hold


def confirm_release(hold_id: UUID, *, typed_code: str, operator: User, actor: Actor) -> Hold:
    """Release it, as another operator than the one who asked: what it alone has kept goes. Raises ValidationError."""
    with platform_transaction():
        hold = _locked(hold_id)
        require_code(hold.company_code, typed_code)
        _require_asked(hold)
        if operator.id == hold.release_asked_by_id:
            raise ValidationError(_("Whoever asked cannot confirm: another operator has to."), code="own")
        hold.released_at, hold.released_by_id, hold.released_by_name = timezone.now(), operator.id, operator.name
        hold.save()
        rows = letting_go.let_go(hold)
        telling.end_notice(hold.id, hold.released_at)
        _record(HOLD_RELEASED, hold, actor=actor, inside={"reason": hold.release_reason, "kept_rows": rows})
    return hold


def note_reminded(hold_id: UUID, today: date) -> None:
    """The mail about the review went out today."""
    with platform_transaction():
        Hold.objects.filter(id=hold_id).update(reminded_on=today)


def require_code(company_code: str, typed: str) -> None:
    """Raise ValidationError unless the company code was typed."""
    if normalize_code(typed) != company_code:
        raise ValidationError({"confirmation": _("Type the company code %(code)s.") % {"code": company_code}})


def facts_of(extent: Extent) -> dict[str, Any]:
    """Whom and what it reaches, for the logs."""
    facts = {"company": extent.company_code, "scope": extent.scope, "name": extent.scope_label,
             "from": extent.since, "to": extent.until}  # fmt: skip
    return {name: value for name, value in facts.items() if value}


def _require_review_day(day: date) -> None:
    today = timezone.localdate()
    if not today < day <= today + timedelta(days=LONGEST_DAYS):
        raise ValidationError({"review_on": _("Choose a day within the next year.")})


def _require_asked(hold: Hold) -> None:
    if hold.release_asked_at is None:
        raise ValidationError(_("Nobody has asked for the release of this hold."), code="not_asked")


def _locked(hold_id: UUID) -> Hold:
    hold = Hold.objects.select_for_update().filter(id=hold_id, released_at=None).first()
    if hold is None:
        raise ValidationError(_("This hold is released already."), code="released")
    return hold


def _record(
    action: Action,
    hold: Hold,
    *,
    actor: Actor,
    inside: dict[str, Any],
    before: dict[str, Any] | None = None,
    told: bool = True,
) -> None:
    """In the provider's log; of a hold that is not sealed also in the company's, without what is the provider's own."""
    facts = {"authority": hold.authority, "reference": hold.reference, "legal_ground": hold.legal_ground}
    facts |= facts_of(hold)
    provider = provider_company()
    if provider is not None:
        with tenant_scope(provider.tenant_id):
            record(action, actor=actor, target=hold, before=before, after=facts | inside)
    if told and not hold.sealed and (provider is None or provider.tenant_id != hold.tenant_id):
        with tenant_scope(hold.tenant_id):
            record(action, actor=as_operator(actor), target=hold, after=facts)
