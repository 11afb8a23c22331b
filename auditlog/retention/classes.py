"""The retention class of a company, which the provider changes by contract: new events at once, earlier ones follow."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.models import RetentionClass
from auditlog.recording.models import RecordingPolicy
from auditlog.recording.queries import current_recording
from auditlog.retention.actions import CLASS_CHANGED
from auditlog.retention.models import Relocation
from auditlog.services import Target, record
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import Company, provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import take_turns, tenant_transaction


def change_retention_class(company: Company, to: RetentionClass, *, reason: str, actor: Actor) -> Relocation:
    """Keep the company's audit log for another time. Call it with no transaction open.

    New events have the new class at once; a job takes the earlier ones there, and removes those that it would not have
    kept (`auditlog.retention.relocating`). On record in both logs. Raises ValidationError, keyed by field.
    """
    reason = reason.strip()[:300]
    if not reason:
        raise ValidationError({"reason": _("Write down why: the company reads it in its own log.")})
    if company.is_provider and to is RetentionClass.D30:
        raise ValidationError({"retention_class": _("The provider's own log is kept for at least 180 days.")})
    with tenant_transaction(company.tenant_id):
        take_turns("auditlog.retention")
        policy = current_recording()
        former = RetentionClass(policy.retention_class)
        if former is to:
            raise ValidationError({"retention_class": _("It is kept for that time already.")})
        policy.retention_class = to
        policy.save()
        relocation = _begin(former, to)
        _record(company, policy, former, reason, actor=actor)
        queue_on_commit("auditlog.retention.tasks.relocate_events")
    return relocation


def _begin(former: RetentionClass, to: RetentionClass) -> Relocation:
    """The order to the job. One that was still being carried out is replaced: all that counts is the newest class."""
    relocation = Relocation.objects.first() or Relocation()
    relocation.from_class, relocation.to_class, relocation.asked_at = former, to, timezone.now()
    relocation.total, relocation.moved, relocation.removed = None, 0, 0
    relocation.declared_on = relocation.finished_at = None
    relocation.save()
    return relocation


def _record(company: Company, policy: RecordingPolicy, former: RetentionClass, reason: str, *, actor: Actor) -> None:
    """In the company's log and, if that is another one, in the provider's."""
    before, after = {"retention_class": former}, {"retention_class": policy.retention_class, "reason": reason}
    record(CLASS_CHANGED, actor=actor, target=policy, before=before, after=after)
    provider = provider_company()
    if provider is not None and provider.tenant_id != company.tenant_id:
        with tenant_scope(provider.tenant_id):
            target = Target("tenants.tenant", str(company.tenant_id), company.code)
            record(CLASS_CHANGED, actor=actor, target=target, before=before, after=after)
