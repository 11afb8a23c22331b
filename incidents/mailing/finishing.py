"""The end of a mailing: nothing waits any more, and its numbers go on record."""

from uuid import UUID

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.mailing.actions import MAILING_FINISHED
from incidents.mailing.models import Delivery, DeliveryState, Mailing
from incidents.mailing.queries import numbers_of
from tenants.isolation.transactions import platform_transaction


def finish(mailing_id: UUID, *, actor: Actor) -> bool:
    """Close the mailing if it is at its end; whether it is. With the provider in scope."""
    with platform_transaction():
        mailing = Mailing.objects.select_for_update().get(id=mailing_id)
        if mailing.finished_at or mailing.expanded_at is None:
            return mailing.finished_at is not None
        if Delivery.objects.filter(mailing_id=mailing.id, state=DeliveryState.QUEUED).exists():
            return False
        mailing.finished_at, mailing.failures, mailing.trouble = timezone.now(), 0, ""
        mailing.save(update_fields=["finished_at", "failures", "trouble"])
        target = Target("mailing.mailing", str(mailing.id), mailing.subject_ja)
        record(MAILING_FINISHED, actor=actor, target=target, after=numbers_of(mailing.id).recorded())
        return True
