"""Issuing invoices: for each company and month at most one, with a number without gaps (T6).

Each is issued in a transaction of its own, under one turn of the provider: the number is the highest of the fiscal year
and one, and whoever is killed before the commit has used none. So the job may end anywhere and be run again.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import translation

from auditlog.actions import Action
from auditlog.actors import Actor
from auditlog.services import record
from tenants.invoices import queries
from tenants.invoices.actions import INVOICE_ISSUED
from tenants.invoices.amounts import prorated, tax_sums
from tenants.invoices.issuers import printed, require_complete
from tenants.invoices.models import Invoice, InvoiceKind, Issuer, Price
from tenants.invoices.periods import due_date, ended_months, fiscal_year, oldest_ended_month
from tenants.invoices.recipients import recipient_of
from tenants.invoices.terms import Terms, terms
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, take_turns
from tenants.models import State, Tenant
from tenants.months import Month
from tenants.plans import PLANS, PlanCode

_LANGUAGES = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a company has to pay for a month and has no invoice of yet."""

    tenant: Tenant
    month: Month
    lines: list[dict[str, Any]]


def drafts(now: datetime, *, wanted: str = "") -> list[Draft]:
    """Every invoice that is missing, or only those of one month (`2026-11`); the oldest first. Writes nothing."""
    with platform_transaction():
        price_list = list(Price.objects.all())
        tenants = list(Tenant.objects.filter(is_provider=False).order_by("company_code"))
        there, known = queries.invoiced(since=oldest_ended_month(now)), terms()
    found = []
    for tenant in tenants:
        for month in ended_months(tenant, now, last_day=known.last_day(tenant)):
            if (tenant.id, month.first_day) not in there and wanted in {"", str(month)}:
                lines = lines_of(tenant, month, price_list, known)
                if any(line["amount"] for line in lines):
                    found.append(Draft(tenant, month, lines))
    return sorted(found, key=lambda draft: (str(draft.month), draft.tenant.company_code))


def issue_missing(now: datetime, *, actor: Actor, wanted: str = "") -> list[Invoice]:
    """Issue every invoice that is missing, or only those of one month; raises ValidationError without an issuer."""
    issued = [issue(draft, now=now, actor=actor) for draft in drafts(now, wanted=wanted)]
    return [invoice for invoice in issued if invoice is not None]


def issue(draft: Draft, *, now: datetime, actor: Actor) -> Invoice | None:
    """Issue one; None when somebody else has issued it meanwhile. Raises ValidationError without an issuer."""
    with platform_transaction():
        provider = Tenant.objects.get(is_provider=True)
        issuer = queries.issuer()
        require_complete(issuer)
        with tenant_scope(provider.id):
            take_turns("invoices")
        key = {"tenant_id": draft.tenant.id, "period": draft.month.first_day, "kind": InvoiceKind.INVOICE}
        if Invoice.objects.filter(**key).exists():
            return None
        issued_on = now.astimezone(ZoneInfo(provider.time_zone)).date()
        invoice = Invoice(
            **key,
            **numbered(issuer, issued_on),
            **summed(draft.lines, issuer),
            issued_on=issued_on,
            issued_at=now,
            due_on=due_date(draft.month, issued_on),
            company_code=draft.tenant.company_code,
            recipient=recipient_of(draft.tenant),
            issuer=printed(issuer),
            lines=draft.lines,
            issued_by_name=actor.name or actor.user_id,
        )
        enter(invoice, INVOICE_ISSUED, tenant=draft.tenant, provider=provider, actor=actor)
    return invoice


def numbered(issuer: Issuer, day: date) -> dict[str, int]:
    """The next number of the fiscal year of a day; under the turn of the provider."""
    year = fiscal_year(day, issuer.fiscal_month)
    highest = Invoice.objects.filter(fiscal_year=year).aggregate(highest=Max("sequence"))["highest"]
    return {"fiscal_year": year, "sequence": (highest or 0) + 1}


def summed(lines: list[dict[str, Any]], issuer: Issuer) -> dict[str, Any]:
    """The sums by rate and the totals of lines."""
    taxes = tax_sums(lines, issuer.rounding)
    net, tax = sum(one.net for one in taxes), sum(one.tax for one in taxes)
    return {"taxes": [one.as_json() for one in taxes], "net": net, "tax": tax, "total": net + tax}


def lines_of(tenant: Tenant, month: Month, price_list: list[Price], known: Terms) -> list[dict[str, Any]]:
    """What the company's plans of a month cost, by days where one was not for the whole month."""
    of = month.last_day.day
    lines = []
    for stretch in known.stretches(tenant, month):
        price = queries.price_on(price_list, stretch.plan_code, month.first_day)
        if price is None or not price.fee or stretch.plan_code == PlanCode.TRIAL:
            continue
        lines.append(
            {
                "name": _named(stretch.plan_code),
                "first": stretch.first.isoformat(),
                "last": stretch.last.isoformat(),
                "days": stretch.days,
                "of": of,
                "fee": price.fee,
                "amount": prorated(price.fee, days=stretch.days, of=of),
                "percent": price.tax_percent,
                "reduced": price.reduced,
            }
        )
    return lines


def enter(invoice: Invoice, action: Action, *, tenant: Tenant, provider: Tenant, actor: Actor) -> None:
    """Into the ledger, and on record in the provider's log and in the company's own, unless that is erased."""
    invoice.save(force_insert=True)
    for place in {provider.id} | ({tenant.id} if tenant.state != State.ERASED else set[UUID]()):
        with tenant_scope(place):
            record(action, actor=actor, target=invoice, after=invoice.described())


def _named(plan_code: str) -> dict[str, str]:
    """The name of the line in each language, as it is called today: an invoice keeps its words."""
    names = {}
    for language in _LANGUAGES:
        with translation.override(language):
            names[language] = translation.gettext("Monthly fee, plan %(plan)s") % {
                "plan": PLANS[PlanCode(plan_code)].code.label
            }
    return names
