"""Deleting a company for good takes two operators; then its use ends at once and its erasure begins (T3, R1)."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from auditlog.actors import Actor
from retention.deletion.actions import DELETION_CONFIRMED, DELETION_REQUESTED, DELETION_WITHDRAWN
from retention.deletion.models import DeletionRequest
from retention.deletion.survey import survey
from retention.erasure.models import Ground
from retention.erasure.queries import erasure_of
from retention.erasure.services import plan_erasure, withdraw_erasure
from retention.promise.dates import start_of, today_in
from retention.promise.queries import current_promise
from tenants import four_eyes
from tenants.four_eyes import RequestState
from tenants.isolation.transactions import platform_transaction, take_turns
from tenants.models import State, Tenant
from tenants.records import record_in_both
from tenants.services import suspend_tenant


def request_deletion(tenant: Tenant, *, typed_code: str, reason: str, operator: User, actor: Actor) -> DeletionRequest:
    """Ask for it; what would go is counted and kept with the request. Recorded in both logs. Raises ValidationError."""
    refuse_unless_deletable(tenant)
    four_eyes.require_code(tenant.company_code, typed_code)
    reason = four_eyes.require_reason(reason)
    effect = survey(tenant).as_json()
    with platform_transaction():
        take_turns("deletion of companies")
        request = DeletionRequest(
            tenant_id=tenant.id,
            company_code=tenant.company_code,
            company_name=tenant.name,
            reason=reason,
            effect=effect,
        )
        four_eyes.ask(request, operator=operator)
        record_in_both(DELETION_REQUESTED, tenant, actor=actor, after={"reason": reason})
    return request


def withdraw_deletion(request_id: UUID, *, operator: User, actor: Actor) -> DeletionRequest:
    """Take a request back, by whichever operator. Recorded in both logs. Raises ValidationError when it is not open."""
    with platform_transaction():
        request = four_eyes.locked(DeletionRequest, request_id)
        four_eyes.decide(request, RequestState.WITHDRAWN, operator=operator)
        tenant = Tenant.objects.get(id=request.tenant_id)
        record_in_both(DELETION_WITHDRAWN, tenant, actor=actor, after={"reason": request.reason})
    return request


def confirm_deletion(request_id: UUID, *, typed_code: str, operator: User, actor: Actor) -> DeletionRequest:
    """End the company's use and plan its erasure for now, as another operator than the one who asked.

    An erasure that was planned for later after a cancellation gives way. Recorded in both logs. Raises ValidationError.
    """
    with platform_transaction():
        request = four_eyes.locked(DeletionRequest, request_id)
        four_eyes.refuse_asker(request, operator=operator)
        four_eyes.require_code(request.company_code, typed_code)
        tenant = Tenant.objects.select_for_update().get(id=request.tenant_id)
        refuse_unless_deletable(tenant)
        now, promise = timezone.now(), current_promise()
        today = today_in(tenant.time_zone, now)
        suspend_tenant(tenant, last_day=today, actor=actor)
        if planned := erasure_of(tenant.id):
            withdraw_erasure(planned.id, actor=actor)
        gone = start_of(today + timedelta(days=promise.work + promise.windows + 1), tenant.time_zone)
        erasure = plan_erasure(
            tenant,
            ground=Ground.DELETION,
            ground_id=request.id,
            begin_at=now,
            due_at=gone - timedelta(seconds=1),
            actor=actor,
        )
        four_eyes.decide(request, RequestState.DONE, operator=operator)
        request.erasure_id = erasure.id
        request.save(update_fields=["erasure_id"])
        record_in_both(DELETION_CONFIRMED, tenant, actor=actor, after={"reason": request.reason})
    return request


def refuse_unless_deletable(tenant: Tenant) -> None:
    """Raise ValidationError for the provider, for what is gone, and while a restore writes."""
    if tenant.is_provider:
        raise ValidationError(_("The provider's own company cannot be deleted."), code="provider")
    erasure = erasure_of(tenant.id)
    if tenant.state == State.ERASED or (erasure is not None and erasure.has_begun):
        raise ValidationError(_("This company is erased, or its erasure has begun."), code="erased")
    if tenant.frozen_at is not None:
        raise ValidationError(_("A restore is writing into this company. Wait until it has ended."), code="frozen")
