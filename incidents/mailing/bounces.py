"""Mails that came back are noted with what they were sent for (N1, N2): who was not told is seen."""

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.mailing.actions import BOUNCE_REFUSED, DELIVERY_BOUNCED
from incidents.mailing.models import Delivery, DeliveryState
from incidents.mailing.reports import Failure, ReportRefusedError, read_report
from tenants.isolation.transactions import platform_transaction

_OPEN = (DeliveryState.QUEUED, DeliveryState.SENT)


def take_report(raw: bytes, *, actor: Actor) -> Delivery | None:
    """Note the mail that a report says came back; None where it says nothing of the kind. With the provider in scope.

    The same report again changes nothing. One of no mail of ours, or for an address to which that mail did not go,
    raises ReportRefusedError, and that is recorded.
    """
    try:
        failure = read_report(raw)
        return None if failure is None else _note(failure, actor=actor)
    except ReportRefusedError as refusal:
        with platform_transaction():
            reason = {"reason": str(refusal)}
            record(BOUNCE_REFUSED, actor=actor, target=Target("mailing.delivery"), outcome=Outcome.DENIED, after=reason)
        raise


def _note(failure: Failure, *, actor: Actor) -> Delivery:
    with platform_transaction():
        delivery = Delivery.objects.select_for_update().filter(message_id=failure.message_id).first()
        if delivery is None:
            raise ReportRefusedError("It is about no mail of ours.")
        if delivery.address.casefold() not in failure.addresses:
            raise ReportRefusedError("It names another address than the one that this mail went to.")
        if delivery.state in _OPEN:
            delivery.state, delivery.bounced_at = DeliveryState.BOUNCED, timezone.now()
            delivery.error, delivery.claim = failure.reason, None
            delivery.save(update_fields=["state", "bounced_at", "error", "claim"])
            after = {"mailing": str(delivery.mailing_id), "company": str(delivery.tenant_id or "")}
            target = Target("mailing.delivery", str(delivery.id))
            record(DELIVERY_BOUNCED, actor=actor, target=target, outcome=Outcome.FAILURE, after=after)
        return delivery
