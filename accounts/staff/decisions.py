"""A company answers a request; in a declared emergency a second operator may grant it instead (A14).

Nobody grants their own request, under whichever account.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff.actions import ACCESS_APPROVED, ACCESS_REFUSED
from accounts.staff.models import AccessState, StaffAccess
from accounts.staff.queries import access_for_change
from accounts.staff.records import as_operator, record_at_provider
from auditlog.actions import Action
from auditlog.actors import Actor, ActorKind
from auditlog.services import record
from tenants.isolation.directory import current_company, provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, tenant_transaction


@atomic()
def approve(access: StaffAccess, *, minutes: int, word: str, approver: User, actor: Actor) -> None:
    """Grant the access, for as long as was asked or shorter, from now on. In the company's scope.

    Raises ValidationError when it was answered already, when the time is longer, or when the approver is the asker.
    """
    if approver.tenant_id != access.tenant_id or actor.kind != ActorKind.USER:
        raise ValidationError(_("Only the company itself can approve this."), code="stranger")
    _grant(access, minutes, word, approver, actor)
    record(ACCESS_APPROVED, actor=actor, target=access, after={"minutes": minutes, "word": access.word})
    _tell_provider(access, ACCESS_APPROVED, actor)
    queue_on_commit("accounts.staff.tasks.tell_operator", str(access.id))


@atomic()
def approve_emergency(access: StaffAccess, *, minutes: int, word: str, approver: User, actor: Actor) -> None:
    """Grant, as a second operator, what was declared an emergency; the company is told. In the provider's scope.

    Raises ValidationError as `approve`, and when it is no emergency or no reason is given.
    """
    if not access.emergency:
        raise ValidationError(_("This is no emergency: the company decides."), code="no_emergency")
    if not word.strip():
        raise ValidationError({"word": _("Give the reason why this cannot wait for the company.")})
    provider = provider_company()
    if provider is None or approver.tenant_id != provider.tenant_id:
        raise ValidationError(_("Only another operator can approve this in place of the company."), code="stranger")
    with tenant_transaction(access.tenant_id):
        _grant(access, minutes, word, approver, as_operator(actor))
        after = {"minutes": minutes, "word": access.word, "emergency": True}
        record(ACCESS_APPROVED, actor=as_operator(actor), target=access, after=after)
        _tell_provider(access, ACCESS_APPROVED, actor)
        queue_on_commit("accounts.staff.tasks.tell_of_emergency", str(access.id))
        queue_on_commit("accounts.staff.tasks.tell_operator", str(access.id))


@atomic()
def refuse(access: StaffAccess, *, word: str, actor: Actor) -> None:
    """Say no, with a word about why. In the company's scope. Raises ValidationError when it was answered already."""
    if not word.strip():
        raise ValidationError({"word": _("Say in a word why you refuse.")})
    _lock_open(access)
    _decide(access, AccessState.REFUSED, word, actor)
    record(ACCESS_REFUSED, actor=actor, target=access, after={"word": access.word})
    _tell_provider(access, ACCESS_REFUSED, actor)
    queue_on_commit("accounts.staff.tasks.tell_operator", str(access.id))


def _grant(access: StaffAccess, minutes: int, word: str, approver: User, actor: Actor) -> None:
    _lock_open(access)
    if approver.id == access.operator_id or approver.email.casefold() == access.operator_email.casefold():
        raise ValidationError(_("Nobody approves their own request."), code="own")
    if not 1 <= minutes <= access.minutes:
        message = _("Between 1 and %(most)d minutes, as was asked at most.") % {"most": access.minutes}
        raise ValidationError({"minutes": message})
    access.ends_at = timezone.now() + timedelta(minutes=minutes)
    _decide(access, AccessState.GRANTED, word, actor)


def _lock_open(access: StaffAccess) -> None:
    """Of two who answer at the same time, the second one finds it answered."""
    found = access_for_change(access.id)
    if found is None or not found.is_open:
        raise ValidationError(_("This request is no longer open."), code="state")


def _decide(access: StaffAccess, state: AccessState, word: str, actor: Actor) -> None:
    access.state, access.word, access.decided_at = state, word.strip(), timezone.now()
    access.decided_by_kind, access.decided_by_id, access.decided_by_name = actor.kind, actor.id, actor.name
    access.full_clean(validate_unique=False)
    access.save(
        update_fields=[
            *("state", "word", "decided_at", "decided_by_kind", "decided_by_id", "decided_by_name", "ends_at"),
        ]
    )


def _tell_provider(access: StaffAccess, action: Action, actor: Actor) -> None:
    company = current_company()
    code = company.code if company else ""
    record_at_provider(action, access, company_code=code, actor=actor, after={"word": access.word})
