"""Planning an erasure, taking the plan back, carrying it out (R1)."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from retention.erasure import ledger
from retention.erasure.actions import ERASURE_PLANNED, ERASURE_WITHDRAWN
from retention.erasure.ledger import Phase
from retention.erasure.models import Erasure, ErasureState, Ground
from retention.erasure.running import entry_of, run_erasure
from tenants.isolation.transactions import on_commit, platform_transaction
from tenants.models import State, Tenant
from tenants.records import record_in_both
from vault.errors import VaultError

__all__ = ["note_told", "plan_erasure", "run_erasure", "withdraw_erasure"]

logger = logging.getLogger(__name__)


def plan_erasure(
    tenant: Tenant, *, ground: Ground, ground_id: UUID | None, begin_at: datetime, due_at: datetime, actor: Actor
) -> Erasure:
    """Plan that everything of a company goes: from `begin_at` on, and proven by `due_at` at the latest.

    In the transaction of the platform role that is open, or in one of its own. Raises ValidationError for the provider,
    for a company that is erased or is to be already, and for an end before the beginning.
    """
    if tenant.is_provider:
        raise ValidationError(_("The provider itself cannot be erased."), code="provider")
    if due_at < begin_at:
        raise ValidationError(_("An erasure cannot be due before it begins."), code="dates")
    with platform_transaction():
        tenant = Tenant.objects.select_for_update().get(id=tenant.id)
        known = Erasure.objects.filter(tenant_id=tenant.id).exclude(state=ErasureState.WITHDRAWN)
        if tenant.state == State.ERASED or known.exists():
            raise ValidationError(_("The erasure of this company is planned already, or done."), code="planned")
        erasure = Erasure.objects.create(
            tenant_id=tenant.id, ground=ground, ground_id=ground_id, begin_at=begin_at, due_at=due_at
        )
        after = {"ground": ground, "begin_at": begin_at.isoformat(), "due_at": due_at.isoformat()}
        record_in_both(ERASURE_PLANNED, tenant, actor=actor, after=after)
        on_commit(lambda: _tell_ledger(erasure, Phase.PLANNED))
    return erasure


def withdraw_erasure(erasure_id: UUID, *, actor: Actor) -> Erasure:
    """Take a plan back, while nothing has begun. Raises ValidationError afterwards."""
    with platform_transaction():
        erasure = Erasure.objects.select_for_update().get(id=erasure_id)
        if erasure.state != ErasureState.PLANNED:
            raise ValidationError(_("This erasure has begun, or was withdrawn already."), code="begun")
        erasure.state = ErasureState.WITHDRAWN
        erasure.save(update_fields=["state"])
        record_in_both(ERASURE_WITHDRAWN, Tenant.objects.get(id=erasure.tenant_id), actor=actor, after={})
        on_commit(lambda: _tell_ledger(erasure, Phase.WITHDRAWN))
    return erasure


def note_told(erasure_ids: Sequence[UUID]) -> None:
    """Operators have been told that these are late."""
    with platform_transaction():
        Erasure.objects.filter(id__in=erasure_ids).update(told_at=timezone.now())


def _tell_ledger(erasure: Erasure, phase: Phase) -> None:
    """So that a plan is not forgotten when the database is. The plan holds without it."""
    try:
        ledger.write(entry_of(erasure, phase))
    except VaultError:
        logger.exception("The erasure ledger does not know that erasure %s is %s", erasure.id, phase)
