"""Asking for a disclosure, deciding about it, and noting to whom the package went (R5).

This is the one way by which operators come to what a company has stored without its consent: two of them, by an order
of an authority, limited to what it names, and on record.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff.records import as_operator
from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import record
from retention.disclosure.actions import (
    DISCLOSURE_APPROVED,
    DISCLOSURE_ASKED,
    DISCLOSURE_REFUSED,
    HANDED_OUT,
    PACKAGE_DOWNLOADED,
)
from retention.disclosure.models import Disclosure, DisclosureState, HandOut
from retention.holds import telling
from retention.holds.models import Extent, Hold, NoticeKind
from retention.holds.services import Order, facts_of, require_code
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant

_EXTENT = [field.name for field in Extent._meta.get_fields()]


def ask_disclosure(
    tenant: Tenant, order: Order, *, hold: Hold | None, typed_code: str, operator: User, actor: Actor
) -> Disclosure:
    """Ask for it; another operator decides. With a hold, its scope is disclosed. Raises ValidationError."""
    require_code(tenant.company_code, typed_code)
    if tenant.state == State.ERASED:
        raise ValidationError(_("The data of this company is erased: there is nothing to disclose."), code="erased")
    disclosure = Disclosure(
        hold_id=hold.id if hold else None,
        authority=order.authority,
        reference=order.reference,
        legal_ground=order.legal_ground,
        reason=order.reason,
        requested_on=order.requested_on,
        sealed=bool(order.sealing_ground),
        sealing_ground=order.sealing_ground,
        asked_by_id=operator.id,
        asked_by_name=operator.name,
    )
    if hold is None:
        order.reach.put_into(disclosure, tenant)
    else:
        for name in _EXTENT:
            setattr(disclosure, name, getattr(hold, name))
    with platform_transaction():
        disclosure.save(force_insert=True)
        after = {"reason": disclosure.reason, "sealed": disclosure.sealed}
        note(DISCLOSURE_ASKED, disclosure, actor=actor, after=after, told=False)
    return disclosure


def approve_disclosure(disclosure_id: UUID, *, typed_code: str, operator: User, actor: Actor) -> Disclosure:
    """Have the package made, as another operator than the one who asked. Raises ValidationError."""
    with platform_transaction():
        disclosure = _asked(disclosure_id)
        require_code(disclosure.company_code, typed_code)
        if operator.id == disclosure.asked_by_id:
            raise ValidationError(_("Whoever asked cannot approve: another operator has to."), code="own")
        _decide(disclosure, DisclosureState.APPROVED, operator)
        if not disclosure.sealed:
            telling.tell(
                NoticeKind.DISCLOSURE,
                disclosure.id,
                disclosure,
                disclosure.authority,
                disclosure.reference,
                disclosure.legal_ground,
                timezone.now(),
            )
        note(DISCLOSURE_APPROVED, disclosure, actor=actor)
        queue_on_commit("retention.disclosure.tasks.make_package", str(disclosure.id))
    return disclosure


def refuse_disclosure(disclosure_id: UUID, *, operator: User, actor: Actor) -> Disclosure:
    """Say no, or take it back."""
    with platform_transaction():
        disclosure = _asked(disclosure_id)
        _decide(disclosure, DisclosureState.REFUSED, operator)
        note(DISCLOSURE_REFUSED, disclosure, actor=actor, told=False)
    return disclosure


def note_download(disclosure: Disclosure, *, actor: Actor) -> None:
    """The package leaves for the operator's machine."""
    with platform_transaction():
        note(PACKAGE_DOWNLOADED, disclosure, actor=actor, after={"sha256": disclosure.sha256}, told=False)


def note_handout(
    disclosure_id: UUID, *, handed_on: date, recipient: str, way: str, operator: User, actor: Actor
) -> HandOut:
    """Put on record that the package was handed out. Raises ValidationError when there never was one."""
    with platform_transaction():
        disclosure = Disclosure.objects.select_for_update().get(id=disclosure_id)
        if not disclosure.sha256:
            raise ValidationError(_("There is no package yet that could have been handed out."), code="none")
        if handed_on > timezone.localdate():
            raise ValidationError({"handed_on": _("This day has not come yet.")})
        handout = HandOut(
            disclosure_id=disclosure.id,
            tenant_id=disclosure.tenant_id,
            handed_on=handed_on,
            recipient=recipient,
            way=way,
            sha256=disclosure.sha256,
            noted_by_id=operator.id,
            noted_by_name=operator.name,
        )
        handout.save(force_insert=True)
        after = {"handed_on": handed_on, "recipient": recipient, "way": way, "sha256": handout.sha256}
        note(HANDED_OUT, disclosure, actor=actor, after=after)
    return handout


def note(
    action: Action,
    disclosure: Disclosure,
    *,
    actor: Actor,
    after: dict[str, Any] | None = None,
    outcome: Outcome = Outcome.SUCCESS,
    told: bool = True,
) -> None:
    """In the provider's log; of one that is not sealed also in the company's. In the platform role's transaction."""
    facts = {"authority": disclosure.authority, "reference": disclosure.reference,
             "legal_ground": disclosure.legal_ground, **facts_of(disclosure), **(after or {})}  # fmt: skip
    provider = provider_company()
    if provider is not None:
        with tenant_scope(provider.tenant_id):
            record(action, actor=actor, target=disclosure, outcome=outcome, after=facts)
    if told and not disclosure.sealed and (provider is None or provider.tenant_id != disclosure.tenant_id):
        with tenant_scope(disclosure.tenant_id):
            record(action, actor=as_operator(actor), target=disclosure, outcome=outcome, after=facts)


def _asked(disclosure_id: UUID) -> Disclosure:
    disclosure = Disclosure.objects.select_for_update().filter(id=disclosure_id, state=DisclosureState.ASKED).first()
    if disclosure is None:
        raise ValidationError(_("This disclosure was decided about already."), code="decided")
    return disclosure


def _decide(disclosure: Disclosure, state: DisclosureState, operator: User) -> None:
    disclosure.state, disclosure.decided_at = state, timezone.now()
    disclosure.decided_by_id, disclosure.decided_by_name = operator.id, operator.name
    disclosure.save(update_fields=["state", "decided_at", "decided_by_id", "decided_by_name"])
