"""Mails about issued invoices, to the billing contact; each invoice is told of once (T6)."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tenants.contract.queries import find_tenant
from tenants.invoices import queries
from tenants.invoices.models import Delivery, Invoice
from tenants.invoices.recipients import Reader, readers_of
from tenants.isolation.transactions import platform_transaction

logger = logging.getLogger(__name__)

# An older invoice is no news any more: the address may have been missing for so long.
_NEWS = timedelta(days=60)


def tell_of_invoices(now: datetime) -> int:
    """Mail what nobody was told of yet; how many invoices and credit notes that were.

    Sent first and noted then: who is killed in between tells somebody twice, and nobody never.
    """
    told = 0
    for invoice in queries.untold(since=now - _NEWS):
        try:
            tenant = find_tenant(invoice.tenant_id)
            readers = readers_of(tenant) if tenant else []
            for reader in readers:
                _mail(invoice, reader)
        except (OSError, SMTPException):
            logger.exception("The mail about invoice %s could not be sent", invoice.number)
            continue
        if readers:
            note_told(invoice, now)
            told += 1
    return told


def note_told(invoice: Invoice, now: datetime) -> None:
    """The mail is on its way."""
    with platform_transaction():
        Delivery.objects.get_or_create(invoice_id=invoice.id, defaults={"tenant_id": invoice.tenant_id, "told_at": now})


def _mail(invoice: Invoice, reader: Reader) -> None:
    link = settings.PUBLIC_URL + reverse("console:invoices")
    with translation.override(reader.language):
        subject = (
            _("A credit note was issued: %(number)s") if invoice.is_credit_note else _("Your invoice: %(number)s")
        ) % {"number": invoice.number}
        message = render_to_string(
            "tenants/invoices/mail/issued.txt", {"invoice": invoice, "reader": reader, "link": link}
        )
    send_mail(subject=subject, message=message, from_email=None, recipient_list=[reader.email])
