"""From companies to people: a batch of companies in one transaction, so that whoever dies has done it or has not."""

from uuid import UUID

from django.utils import timezone

from incidents.mailing.composing import message_id_of
from incidents.mailing.models import Delivery, Mailing, MailingCompany
from incidents.mailing.recipients import Recipient, recipients_of
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction

_COMPANIES = 200


def expand(mailing_id: UUID) -> None:
    """Queue a mail to everybody whom the mailing is for. Called again or twice at once, it goes on."""
    while _expand_some(mailing_id):
        pass


def _expand_some(mailing_id: UUID) -> bool:
    """The next companies; False when none is left."""
    with platform_transaction():
        mailing = Mailing.objects.select_for_update().get(id=mailing_id)
        if mailing.expanded_at or mailing.stopped_at:
            return False
        companies = list(
            MailingCompany.objects.filter(mailing_id=mailing.id, recipients=None).order_by("id")[:_COMPANIES]
        )
        found = recipients_of([company.tenant_id for company in companies], mailing.audience) if companies else {}
        everybody = [_queued(mailing, recipient) for people in found.values() for recipient in people]
        Delivery.objects.bulk_create(everybody)
        for company in companies:
            company.recipients = len(found.get(company.tenant_id, ()))
        MailingCompany.objects.bulk_update(companies, ["recipients"])
        if len(companies) < _COMPANIES:
            mailing.expanded_at = timezone.now()
            mailing.save(update_fields=["expanded_at"])
        return len(companies) == _COMPANIES


def _queued(mailing: Mailing, recipient: Recipient) -> Delivery:
    key = new_id()
    return Delivery(
        id=key,
        mailing_id=mailing.id,
        tenant_id=recipient.tenant_id,
        user_id=recipient.user_id,
        address=recipient.address,
        language=recipient.language,
        message_id=message_id_of(key),
    )
