"""An operator answers a company that asks for a restore of itself (B6)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.staff.records import as_operator
from auditlog.actions import Action
from auditlog.actors import Actor, ActorKind
from auditlog.services import record
from backups.requests import queries
from backups.requests.actions import RESTORE_APPROVED, RESTORE_REFUSED
from backups.requests.asking import RESTORE_COMPANY, TELL
from backups.requests.models import RestoreRequest, RestoreState
from backups.requests.records import facts_of, record_at_provider
from tenants.isolation.directory import provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, tenant_transaction


@atomic()
def approve(request: RestoreRequest, *, word: str, actor: Actor) -> None:
    """Let the restorer begin; also once more after a failure. In the provider's scope.

    Raises ValidationError when the request was answered already or withdrawn.
    """
    _decide(request, RestoreState.APPROVED, word, actor, RESTORE_APPROVED)


@atomic()
def refuse(request: RestoreRequest, *, word: str, actor: Actor) -> None:
    """Say no, with a reason that the company reads. In the provider's scope. Raises ValidationError as `approve`."""
    if not word.strip():
        raise ValidationError({"word": _("Say in a word why you refuse.")})
    _decide(request, RestoreState.REFUSED, word, actor, RESTORE_REFUSED)


def may_be_approved(request: RestoreRequest) -> bool:
    """Whether it waits for an answer, or failed and can be tried again."""
    return request.state in {RestoreState.ASKED, RestoreState.FAILED}


def _decide(request: RestoreRequest, state: RestoreState, word: str, actor: Actor, action: Action) -> None:
    if provider_company() is None:
        raise ValidationError(_("There is no provider yet."), code="stranger")
    with tenant_transaction(request.tenant_id):
        current = queries.request_for_change(request.id)
        open_states = (
            {RestoreState.ASKED, RestoreState.FAILED} if state == RestoreState.APPROVED else {RestoreState.ASKED}
        )
        if current is None or current.state not in open_states:
            raise ValidationError(_("This request is no longer open."), code="state")
        again = current.state == RestoreState.FAILED
        current.state, current.word, current.decided_at = state, word.strip(), timezone.now()
        current.decided_by_kind, current.decided_by_name = ActorKind.OPERATOR, actor.name
        current.attempts, current.problem, current.detail = 0, "", ""
        current.finished_at = timezone.now() if state == RestoreState.REFUSED else None
        current.told = [one for one in current.told if not again or not one.startswith((state, RestoreState.FAILED))]
        current.save()
        facts = facts_of(current, word=current.word)
        record(action, actor=as_operator(actor), target=current, after=facts)
        record_at_provider(action, current, actor=actor, after=facts)
        queue_on_commit(TELL, str(current.id), state)
        if state == RestoreState.APPROVED:
            queue_on_commit(RESTORE_COMPANY, str(current.id))
