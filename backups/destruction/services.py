"""Destroying a company's keys takes two people: one asks, another one confirms within a day (R1, P5).

The keys are outside the database, so they go last in the transaction. Cut short there, the request stays open, the key
store has written down which keys it was, and a repetition ends what was begun.
"""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from auditlog.actors import Actor
from backups.destruction.actions import DESTRUCTION_REQUESTED, DESTRUCTION_WITHDRAWN, KEYS_DESTROYED
from backups.destruction.effects import effect_on
from backups.destruction.models import DestructionRequest
from tenants import four_eyes
from tenants.four_eyes import RequestState
from tenants.isolation.keeping import is_held
from tenants.isolation.transactions import platform_transaction, take_turns
from tenants.models import State, Tenant
from tenants.records import record_in_both
from vault.errors import TenantKeysMissing
from vault.keys import DestroyedKeys, key_store

# Nobody of such a company can work any more. While it has notice (`cancelling`) its people still do.
DESTROYABLE = frozenset({State.SUSPENDED, State.ERASED})


def request_destruction(
    tenant: Tenant, *, typed_code: str, reason: str, operator: User, actor: Actor
) -> DestructionRequest:
    """Ask for it; what would become unreadable is kept with the request. Raises ValidationError."""
    _refuse_unless_destroyable(tenant)
    four_eyes.require_code(tenant.company_code, typed_code)
    reason = four_eyes.require_reason(reason)
    effect = effect_on(tenant)
    if not effect.key_ids:
        raise ValidationError(_("This company has no keys any more."), code="no_keys")
    with platform_transaction():
        take_turns("destruction of keys")
        request = DestructionRequest(
            tenant_id=tenant.id,
            company_code=tenant.company_code,
            company_name=tenant.name,
            reason=reason,
            effect=effect.as_json(),
        )
        four_eyes.ask(request, operator=operator)
        record_in_both(DESTRUCTION_REQUESTED, tenant, actor=actor, after={"reason": request.reason})
    return request


def withdraw_destruction(request_id: UUID, *, operator: User, actor: Actor) -> DestructionRequest:
    """Take a request back, by whichever operator. Raises ValidationError when it is not open any more."""
    with platform_transaction():
        request = four_eyes.locked(DestructionRequest, request_id)
        four_eyes.decide(request, RequestState.WITHDRAWN, operator=operator)
        tenant = Tenant.objects.get(id=request.tenant_id)
        record_in_both(DESTRUCTION_WITHDRAWN, tenant, actor=actor, after={"reason": request.reason})
    return request


def confirm_destruction(request_id: UUID, *, typed_code: str, operator: User, actor: Actor) -> DestructionRequest:
    """Destroy the keys, as another operator than the one who asked.

    Raises ValidationError; StoreUnavailable or ObjectRetained when the key store does not do it: then the request stays
    open, and confirming again ends it.
    """
    with platform_transaction():
        request = four_eyes.locked(DestructionRequest, request_id)
        four_eyes.refuse_asker(request, operator=operator)
        four_eyes.require_code(request.company_code, typed_code)
        tenant = Tenant.objects.get(id=request.tenant_id)
        four_eyes.decide(request, RequestState.DONE, operator=operator)
        destroyed = destroy_keys(tenant, ground=f"{request.id}: {request.reason}", actor=actor)
        request.key_ids, request.versions = list(destroyed.key_ids), destroyed.versions
        request.save(update_fields=["key_ids", "versions"])
    return request


def destroy_keys(tenant: Tenant, *, ground: str, actor: Actor) -> DestroyedKeys:
    """Destroy the keys of a company that nobody uses any more; done again, it tells what was destroyed before.

    For erasure and for a confirmed request: `ground` says which, and stands in both logs. This process refuses to
    decrypt at once, others within `vault.keystore.KEPT_SECONDS`. Raises ValidationError, StoreUnavailable,
    ObjectRetained.
    """
    with platform_transaction():
        tenant = Tenant.objects.select_for_update().get(id=tenant.id)
        _refuse_unless_destroyable(tenant)
        destroyed = _destroyed(tenant)
        after = {"ground": ground, "key_ids": list(destroyed.key_ids), "versions": destroyed.versions}
        record_in_both(KEYS_DESTROYED, tenant, actor=actor, after=after)
    return destroyed


def _destroyed(tenant: Tenant) -> DestroyedKeys:
    try:
        return key_store().destroy_tenant_keys(tenant.id)
    except TenantKeysMissing as error:
        if before := key_store().destroyed(tenant.id):
            return before
        raise ValidationError(_("This company has no keys any more."), code="no_keys") from error


def _refuse_unless_destroyable(tenant: Tenant) -> None:
    if is_held(tenant.id):
        raise ValidationError(_("A legal hold keeps data of this company: its keys must stay."), code="held")
    if tenant.is_provider:
        raise ValidationError(_("The provider's own keys cannot be destroyed."), code="provider")
    if tenant.state not in DESTROYABLE:
        raise ValidationError(
            _("%(company)s is in use. Keys can be destroyed only after the company was suspended for good.")
            % {"company": tenant.company_code},
            code="in_use",
        )
