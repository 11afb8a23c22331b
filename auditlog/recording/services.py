"""Changing what is captured of a company (G4): by its own administrators, or by the provider in the Public edition."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor, ActorKind
from auditlog.recording.actions import RECORDING_CHANGED
from auditlog.recording.models import LONGEST_TRACE, RecordingPolicy
from auditlog.recording.queries import current_recording, is_private_edition
from auditlog.services import Target, record
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company, provider_company
from tenants.isolation.transactions import atomic, take_turns


@atomic()
def change_recording(*, screens: bool, traced_until: datetime | None, actor: Actor) -> RecordingPolicy:
    """Capture screens or not, and traces until then, of the tenant in scope; what its next event is measured by.

    The change is an event of a kind that cannot be switched off; a change by the provider stands in its own log too.
    Raises ValidationError when the other side decides in this edition, or for traces of more than seven days.
    """
    _check_competence(actor)
    if traced_until is not None and traced_until > timezone.now() + LONGEST_TRACE:
        raise ValidationError({"trace_hours": _("Traces run for 7 days at most.")})
    take_turns("auditlog.recording")
    policy = current_recording()
    before = _described(policy)
    policy.screens, policy.traced_until = screens, traced_until
    after = _described(policy)
    if after != before:
        policy.save()
        record(RECORDING_CHANGED, actor=actor, target=policy, before=before, after=after)
        _record_at_provider(before, after, actor=actor)
    return policy


def _check_competence(actor: Actor) -> None:
    """G4: in the Private edition the company decides, in the Public edition the provider."""
    if is_private_edition() and actor.kind is not ActorKind.USER:
        raise ValidationError(_("In the Private edition the company itself decides what is recorded."), code="private")
    if not is_private_edition() and actor.kind is not ActorKind.OPERATOR:
        raise ValidationError(_("In the Public edition the provider decides what is recorded."), code="public")


def _described(policy: RecordingPolicy) -> dict[str, object]:
    until = policy.traced_until
    return {"screens": policy.screens, "traced_until": until.isoformat() if until else None}


def _record_at_provider(before: dict[str, object], after: dict[str, object], *, actor: Actor) -> None:
    company, provider = current_company(), provider_company()
    if actor.kind is ActorKind.OPERATOR and company and provider and company.tenant_id != provider.tenant_id:
        target = Target("tenants.tenant", str(company.tenant_id), company.code)
        with tenant_scope(provider.tenant_id):
            record(RECORDING_CHANGED, actor=actor, target=target, before=before, after=after)
