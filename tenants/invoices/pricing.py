"""The price list: what each plan costs from which month on (T6)."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from tenants.invoices.actions import PRICE_SET, PRICE_WITHDRAWN
from tenants.invoices.models import Invoice, InvoiceKind, Price
from tenants.isolation.transactions import platform_transaction, take_turns


def set_price(
    *, plan_code: str, valid_from: date, fee: int, tax_percent: int = 10, reduced: bool = False, actor: Actor
) -> Price:
    """A price of a plan from a month on. Raises ValidationError, also for a month that was invoiced already.

    In the provider's scope, in whose log it is recorded.
    """
    price = Price(
        plan_code=plan_code,
        valid_from=valid_from.replace(day=1),
        fee=fee,
        tax_percent=tax_percent,
        reduced=reduced,
        set_by_name=actor.name or actor.user_id,
    )
    with platform_transaction():
        take_turns("invoices")
        price.full_clean()
        _refuse_if_invoiced(price)
        price.save(force_insert=True)
        record(PRICE_SET, actor=actor, target=price, after=_described(price))
    return price


def withdraw_price(price_id: UUID, *, actor: Actor) -> None:
    """Take a price back that no invoice has used. Raises ValidationError."""
    with platform_transaction():
        take_turns("invoices")
        price = Price.objects.filter(id=price_id).first()
        if price is None:
            raise ValidationError(_("This price is not in the list any more."), code="gone")
        _refuse_if_invoiced(price)
        record(PRICE_WITHDRAWN, actor=actor, target=price, before=_described(price))
        price.delete()


def _refuse_if_invoiced(price: Price) -> None:
    """An issued invoice has its price for good, and all companies of a month pay the same."""
    if Invoice.objects.filter(kind=InvoiceKind.INVOICE, period__gte=price.valid_from).exists():
        raise ValidationError(_("Invoices were issued for this month already."), code="invoiced")


def _described(price: Price) -> dict[str, object]:
    return {
        "plan": price.plan_code,
        "valid_from": f"{price.valid_from:%Y-%m}",
        "fee": price.fee,
        "tax_percent": price.tax_percent,
        "reduced": price.reduced,
    }
