"""Cancelling a contract, taking that back until the last day of use is over, and what happens then (T4, R1)."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from retention.cancellation.actions import CANCELLATION_EFFECTIVE, CANCELLATION_REQUESTED, CANCELLATION_WITHDRAWN
from retention.cancellation.models import Cancellation, CancellationState, CancellationWords, Reason, Side
from retention.cancellation.notices import Notice
from retention.erasure.models import Ground
from retention.erasure.queries import erasure_of
from retention.erasure.services import plan_erasure
from retention.promise.dates import ExitDates, exit_dates, today_in
from retention.promise.queries import current_promise
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import normalize_code
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant
from tenants.records import record_in_both
from tenants.services import suspend_tenant

IN_USE = (State.TRIAL, State.ACTIVE)


def latest_last_day(today: date) -> date:
    """Cancelled twelve months ahead at most: until the same day of next year, or the last of February."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year + 1, day=28)


def request_cancellation(
    tenant: Tenant, *, last_day: date, reason: Reason, comment: str, typed_code: str, side: Side, actor: Actor
) -> Cancellation:
    """Cancel the contract of a company to the end of a day. Recorded in both logs; everybody concerned gets a mail.

    Raises ValidationError, keyed by field where there is one.
    """
    if normalize_code(typed_code) != tenant.company_code:
        raise ValidationError({"typed_code": _("This is not the company code.")})
    with platform_transaction():
        tenant = Tenant.objects.select_for_update().get(id=tenant.id)
        _refuse_unless_in_use(tenant)
        dates = _dates_of(tenant, last_day)
        cancellation = Cancellation.objects.create(
            tenant_id=tenant.id,
            reason=reason,
            side=side,
            last_day=dates.last_day,
            time_zone=dates.zone,
            suspend_at=dates.suspended_at,
            erase_at=dates.erase_at,
            gone_by=dates.gone_by,
            state_before=tenant.state,
        )
        with tenant_scope(tenant.id):
            CancellationWords.objects.create(
                cancellation_id=cancellation.id,
                requested_by_name=(actor.name or actor.user_id)[:150],
                comment=comment.strip()[:2000],
            )
        tenant.state, tenant.last_day = State.CANCELLATION_REQUESTED, last_day
        tenant.save(update_fields=["state", "last_day"])
        record_in_both(CANCELLATION_REQUESTED, tenant, actor=actor, after=_described(cancellation))
        _tell(cancellation, Notice.REQUESTED)
    return cancellation


def withdraw_cancellation(cancellation_id: UUID, *, actor: Actor) -> Cancellation:
    """Take a cancellation back, until the end of the last day of use; everything is as it was. Recorded in both logs.

    Raises ValidationError once that day is over, and when it was withdrawn before.
    """
    with platform_transaction():
        cancellation = Cancellation.objects.select_for_update().get(id=cancellation_id)
        if not cancellation.may_be_withdrawn:
            raise ValidationError(_("This cancellation can no longer be withdrawn."), code="over")
        tenant = Tenant.objects.select_for_update().get(id=cancellation.tenant_id)
        if tenant.state != State.CANCELLATION_REQUESTED:
            raise ValidationError(_("This cancellation can no longer be withdrawn."), code="over")
        cancellation.state, cancellation.withdrawn_at = CancellationState.WITHDRAWN, timezone.now()
        cancellation.save(update_fields=["state", "withdrawn_at"])
        tenant.state, tenant.last_day = cancellation.state_before, None
        tenant.save(update_fields=["state", "last_day"])
        after = {"last_day": cancellation.last_day.isoformat()}
        record_in_both(CANCELLATION_WITHDRAWN, tenant, actor=actor, after=after)
        _tell(cancellation, Notice.WITHDRAWN)
    return cancellation


def take_effect(cancellation_id: UUID, *, actor: Actor) -> bool:
    """End the use of a company whose last day is over, and plan its erasure, in one transaction; False if not due.

    Done again it does nothing. An erasure that operators planned meanwhile stands as it is.
    """
    with platform_transaction():
        cancellation = Cancellation.objects.select_for_update().get(id=cancellation_id)
        if cancellation.state != CancellationState.OPEN or timezone.now() < cancellation.suspend_at:
            return False
        tenant = Tenant.objects.select_for_update().get(id=cancellation.tenant_id)
        suspend_tenant(tenant, last_day=cancellation.last_day, actor=actor)
        erasure = erasure_of(tenant.id) or plan_erasure(
            tenant,
            ground=Ground.CANCELLATION,
            ground_id=cancellation.id,
            begin_at=cancellation.erase_at,
            due_at=cancellation.gone_by,
            actor=actor,
        )
        cancellation.state, cancellation.effective_at = CancellationState.EFFECTIVE, timezone.now()
        cancellation.erasure_id = erasure.id
        cancellation.save(update_fields=["state", "effective_at", "erasure_id"])
        record_in_both(CANCELLATION_EFFECTIVE, tenant, actor=actor, after=_described(cancellation))
        _tell(cancellation, Notice.SUSPENDED)
    return True


def _refuse_unless_in_use(tenant: Tenant) -> None:
    if tenant.is_provider:
        raise ValidationError(_("The provider itself cannot be cancelled."), code="provider")
    if tenant.state == State.CANCELLATION_REQUESTED:
        raise ValidationError(_("The contract is cancelled already."), code="cancelled")
    if tenant.state not in IN_USE:
        raise ValidationError(_("The contract has ended already."), code="ended")
    if tenant.frozen_at is not None:
        raise ValidationError(_("The company's data is being restored. Please try again later."), code="frozen")


def _dates_of(tenant: Tenant, last_day: date) -> ExitDates:
    """The dates for a last day of use that may be chosen today, where the company is."""
    today = today_in(tenant.time_zone, timezone.now())
    latest = latest_last_day(today)
    if not today <= last_day <= latest:
        raise ValidationError(
            {"last_day": _("Choose a day from today to %(latest)s.") % {"latest": latest.isoformat()}}
        )
    return exit_dates(last_day, tenant.time_zone, current_promise())


def _tell(cancellation: Cancellation, notice: Notice) -> None:
    with tenant_scope(cancellation.tenant_id):
        queue_on_commit("retention.cancellation.tasks.tell", str(cancellation.id), notice.value)


def _described(cancellation: Cancellation) -> dict[str, str]:
    dates = cancellation.dates
    return {
        "last_day": dates.last_day.isoformat(),
        "erasure": dates.erase_on.isoformat(),
        "gone_by": dates.gone_on.isoformat(),
        "reason": cancellation.reason,
        "side": cancellation.side,
    }
