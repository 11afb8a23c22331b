"""Credit notes (返還インボイス): an issued invoice never changes; what was too much is taken back by another paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from tenants.invoices import queries
from tenants.invoices.actions import CREDIT_NOTE_ISSUED
from tenants.invoices.amounts import rounded
from tenants.invoices.issuers import printed, require_complete
from tenants.invoices.issuing import enter, numbered
from tenants.invoices.models import Invoice, InvoiceKind
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, take_turns
from tenants.models import Tenant

_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Rest:
    """What of one rate of an invoice was not taken back yet."""

    percent: int
    reduced: bool
    net: int
    tax: int

    @property
    def key(self) -> str:
        """The rate as forms name it."""
        return f"{self.percent}{'r' if self.reduced else ''}"


def rests(invoice: Invoice) -> list[Rest]:
    """What could still be taken back of an invoice, by rate."""
    left = {(one["percent"], one["reduced"]): [one["net"], one["tax"]] for one in invoice.taxes}
    for note in queries.credit_notes(invoice.id):
        for one in note.taxes:
            rate = left[one["percent"], one["reduced"]]
            rate[0] -= one["net"]
            rate[1] -= one["tax"]
    return [Rest(percent, reduced, net, tax) for (percent, reduced), (net, tax) in left.items()]


def credit(invoice: Invoice, nets: Mapping[str, int], *, reason: str, now: datetime, actor: Actor) -> Invoice:
    """Take back yen without tax, by rate (`Rest.key`). Raises ValidationError for more than is left, or for nothing.

    In the platform's name; recorded in the company's log and in the provider's.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason: it stands on the credit note.")})
    with platform_transaction():
        provider = Tenant.objects.get(is_provider=True)
        issuer = queries.issuer()
        require_complete(issuer)
        with tenant_scope(provider.id):
            take_turns("invoices")
        taxes = [
            taken
            for rest in rests(invoice)
            if (taken := _taken(rest, nets.get(rest.key, 0), invoice.issuer["rounding"]))
        ]
        if not taxes or invoice.is_credit_note:
            raise ValidationError(_("There is nothing to take back."), code="nothing")
        net, tax = sum(one["net"] for one in taxes), sum(one["tax"] for one in taxes)
        issued_on = now.astimezone(ZoneInfo(provider.time_zone)).date()
        note = Invoice(
            tenant_id=invoice.tenant_id,
            kind=InvoiceKind.CREDIT_NOTE,
            **numbered(issuer, issued_on),
            period=invoice.period,
            issued_on=issued_on,
            issued_at=now,
            company_code=invoice.company_code,
            recipient=invoice.recipient,
            issuer=printed(issuer),
            lines=_lines(invoice, taxes),
            taxes=taxes,
            net=net,
            tax=tax,
            total=net + tax,
            corrects=invoice.id,
            corrects_number=invoice.number,
            reason=reason.strip()[:_REASON_LENGTH],
            issued_by_name=actor.name or actor.user_id,
        )
        tenant = Tenant.objects.get(id=invoice.tenant_id)
        enter(note, CREDIT_NOTE_ISSUED, tenant=tenant, provider=provider, actor=actor)
    return note


def _taken(rest: Rest, net: int, rounding: str) -> dict[str, Any] | None:
    """What is taken of one rate.

    Its tax is the tax of what was left less that of what stays: all parts together take back the tax to the yen.
    """
    if not 0 <= net <= rest.net:
        raise ValidationError(
            {f"net_{rest.key}": _("At most %(net)s yen are left to take back.") % {"net": f"{rest.net:,}"}}
        )
    stays = rounded((rest.net - net) * rest.percent, 100, rounding)
    tax = rest.tax if net == rest.net else min(max(rest.tax - stays, 0), rest.tax)
    return {"percent": rest.percent, "reduced": rest.reduced, "net": net, "tax": tax} if net else None


def _lines(invoice: Invoice, taxes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line a rate, with the days of the invoice that it takes from."""
    first = min(line["first"] for line in invoice.lines)
    last = max(line["last"] for line in invoice.lines)
    name = {"ja": f"請求書{invoice.number}の返還", "en": f"Taken back from invoice {invoice.number}"}
    return [
        {
            "name": name,
            "first": first,
            "last": last,
            "days": None,
            "of": None,
            "fee": one["net"],
            "amount": one["net"],
            "percent": one["percent"],
            "reduced": one["reduced"],
        }
        for one in taxes
    ]
