"""Reads of prices, of the issuer and of the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum

from tenants.invoices.models import Delivery, Invoice, InvoiceKind, Issuer, Price
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25


def prices() -> list[Price]:
    """The whole price list, plan by plan, the newest price first; as the platform role."""
    with platform_transaction():
        return list(Price.objects.all())


def find_price(price_id: UUID) -> Price | None:
    """The price of that key, as the platform role."""
    with platform_transaction():
        return Price.objects.filter(id=price_id).first()


def price_on(price_list: Collection[Price], plan_code: str, month: date) -> Price | None:
    """The price of a plan in a month, if it costs anything to be told."""
    valid = [price for price in price_list if price.plan_code == plan_code and price.valid_from <= month]
    return max(valid, key=lambda price: price.valid_from, default=None)


def issuer() -> Issuer:
    """Who issues; an empty one until somebody has said. As the platform role."""
    with platform_transaction():
        return Issuer.objects.first() or Issuer()


def invoiced(since: date) -> set[tuple[UUID, date]]:
    """For which companies and months since then there is an invoice; in a platform transaction."""
    found = Invoice.objects.filter(kind=InvoiceKind.INVOICE, period__gte=since)
    return set(found.values_list("tenant_id", "period"))


def untold(since: datetime) -> list[Invoice]:
    """Of which nobody was told yet, the oldest first; as the platform role."""
    with platform_transaction():
        told = Delivery.objects.values("invoice_id")
        return list(Invoice.objects.filter(issued_at__gte=since).exclude(id__in=told).order_by("issued_at", "id"))


def invoices_of_tenant() -> QuerySet[Invoice]:
    """Those of the company in scope, the newest first."""
    return Invoice.objects.filter(tenant_id=require_tenant_id())


def find_own(invoice_id: UUID) -> Invoice | None:
    """The one of that key, of the company in scope."""
    return invoices_of_tenant().filter(id=invoice_id).first()


def find(invoice_id: UUID) -> Invoice | None:
    """The one of that key, of whichever company; as the platform role."""
    with platform_transaction():
        return Invoice.objects.filter(id=invoice_id).first()


def credit_notes(invoice_id: UUID) -> list[Invoice]:
    """What was taken from an invoice, the oldest first; as the platform role."""
    with platform_transaction():
        return list(Invoice.objects.filter(corrects=invoice_id).order_by("fiscal_year", "sequence"))


@dataclass(frozen=True, slots=True)
class Sums:
    """All that a filter finds together: papers, and yen with credit notes taken off."""

    count: int
    net: int
    tax: int
    total: int


def ledger_page(filters: dict[str, Any], *, number: Any = 1) -> tuple[Page[Invoice], Sums]:
    """One page of the ledger of all companies and the sums of everything that was found; as the platform role."""
    with platform_transaction():
        found = Invoice.objects.filter(**filters)
        page = Paginator(found, _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
        return page, _sums(found)


def ledger(filters: dict[str, Any]) -> list[Invoice]:
    """Everything that a filter finds; as the platform role."""
    with platform_transaction():
        return list(Invoice.objects.filter(**filters))


def _sums(found: QuerySet[Invoice]) -> Sums:
    sums = {"count": 0, "net": 0, "tax": 0, "total": 0}
    columns = {"net": Sum("net"), "tax": Sum("tax"), "total": Sum("total")}
    for row in found.order_by().values("kind").annotate(count=Count("id"), **columns):
        sums["count"] += row["count"]
        sign = -1 if row["kind"] == InvoiceKind.CREDIT_NOTE else 1
        for name, value in row.items():
            if name in columns:
                sums[name] += sign * int(str(value))
    return Sums(**sums)
