"""Invoices are issued once, without gaps, to the yen, and stay as they are (T6)."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command

from tenants.contract.services import change_organisation, change_plan
from tenants.invoices import issuing, terms
from tenants.invoices.crediting import credit, rests
from tenants.invoices.issuers import change_issuer
from tenants.invoices.models import Invoice
from tenants.invoices.notices import tell_of_invoices
from tenants.invoices.pricing import set_price, withdraw_price
from tenants.invoices.queries import find
from tenants.invoices.queries import prices as price_list
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tenants.plans import PlanCode
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.invoices.conftest import ACTOR, NOW, ledger, recorded, since

pytestmark = [pytest.mark.django_db(databases=EVERY_ROLE), pytest.mark.usefixtures("prices", "issuer")]


def issue(now: datetime = NOW, wanted: str = "") -> list[Invoice]:
    """What the job does."""
    return issuing.issue_missing(now, actor=ACTOR, wanted=wanted)


def test_a_month_and_the_part_of_one(acme: Tenant, globex: Tenant, provider: Tenant) -> None:
    """T6: a whole month, and 15 days of November; the provider itself and a trial pay nothing."""
    since(acme, "2026-11-01")
    since(globex, "2026-11-16", plan_code="enterprise")
    issue()
    first, second = ledger()
    assert (first.number, first.company_code, f"{first.period}", f"{first.issued_on}", f"{first.due_on}") == (
        *("2026-000001", "ACME", "2026-11-01", "2026-12-01", "2027-01-04"),
    )
    # 10 % of 50,001 are 5000.1.
    assert (first.net, first.tax, first.total) == (50_001, 5_000, 55_001)
    assert first.taxes == [{"percent": 10, "reduced": False, "net": 50_001, "tax": 5_000}]
    assert (second.number, second.tenant_id) == ("2026-000002", globex.id)
    assert second.lines == [
        {
            "name": {"ja": "月額利用料（エンタープライズプラン）", "en": "Monthly fee, plan Enterprise"},
            "first": "2026-11-16",
            "last": "2026-11-30",
            "days": 15,
            "of": 30,
            "fee": 200_000,
            "amount": 100_000,
            "percent": 10,
            "reduced": False,
        }
    ]
    assert (second.net, second.tax, second.total) == (100_000, 10_000, 110_000)
    assert second.issuer["registration_number"] == "T7000012050002"
    of_first = {"number": "2026-000001", "month": "2026-11", "total": 55_001, "currency": "JPY"}
    of_second = {"number": "2026-000002", "month": "2026-11", "total": 110_000, "currency": "JPY"}
    assert recorded(acme, "invoices.issued") == [of_first]
    assert recorded(globex, "invoices.issued") == [of_second]
    assert recorded(provider, "invoices.issued") == [of_first, of_second]


def test_run_again_or_late_it_issues_what_is_missing(acme: Tenant, globex: Tenant) -> None:
    """T6: months that were missed too; the number begins anew with the fiscal year."""
    since(acme, "2026-01-31")
    since(globex, "2026-11-30", plan_code="trial", state=State.TRIAL)
    assert [f"{one.number} {one.period:%Y-%m}" for one in issue(wanted="2026-02")] == ["2026-000001 2026-02"]
    assert issue(wanted="2026-02") == []
    in_march = datetime(2027, 3, 31, 14, 59, tzinfo=UTC)  # a minute before April in Japan
    issue(in_march)
    assert issue(in_march) == []
    issue(in_march + timedelta(minutes=1))
    # January 2026 is more than twelve months before March 2027, and so is nothing else that is missing.
    assert [(one.number, f"{one.period:%Y-%m}") for one in ledger()] == [
        ("2026-000001", "2026-02"),
        *((f"2026-{number + 2:06}", f"2026-{month:02}") for number, month in enumerate(range(3, 13))),
        ("2026-000012", "2027-01"),
        ("2026-000013", "2027-02"),
        ("2027-000001", "2027-03"),
    ]


def test_a_month_ends_where_the_company_is(acme: Tenant, globex: Tenant) -> None:
    """T10: on the first of December in Japan it is November still in Hawaii."""
    since(acme, "2026-11-02", time_zone="Pacific/Honolulu")
    since(globex, "2026-11-01")
    assert [one.company_code for one in issue()] == ["GLOBEX"]
    assert [one.company_code for one in issue(NOW + timedelta(hours=10))] == ["ACME"]


def test_a_killed_run_leaves_no_gap(acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: what was not committed has used no number."""
    since(acme, "2026-11-01")
    since(globex, "2026-11-01")
    kept = issuing.enter

    def die_at_the_second(invoice: Invoice, *rest: Any, **named: Any) -> None:
        kept(invoice, *rest, **named)
        if invoice.company_code == "GLOBEX":
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "enter", die_at_the_second)
        with pytest.raises(SystemExit):
            issue()
    assert [one.number for one in ledger()] == ["2026-000001"]
    issue()
    assert [(one.number, one.company_code) for one in ledger()] == [("2026-000001", "ACME"), ("2026-000002", "GLOBEX")]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_two_runs_at_once_issue_each_once(acme: Tenant, globex: Tenant) -> None:
    """T6: no gap, nothing twice; a company reads its own and no other."""
    since(acme, "2026-09-01")
    since(globex, "2026-09-01")
    assert sum(len(found) for found in at_once(issue, issue)) == 6
    found = ledger()
    assert [one.sequence for one in found] == [1, 2, 3, 4, 5, 6]
    assert {(one.company_code, one.period.month) for one in found} == {
        (code, month) for code in ("ACME", "GLOBEX") for month in (9, 10, 11)
    }
    for tenant in (acme, globex):
        with tenant_transaction(tenant.id):
            seen = list(Invoice.objects.order_by("sequence"))
        assert seen == [one for one in found if one.tenant_id == tenant.id]
        assert len(seen) == 3


def test_nothing_is_issued_without_a_whole_issuer(acme: Tenant, provider: Tenant) -> None:
    """T6: what is missing is named; a wrong registration number is refused."""
    since(acme, "2026-11-01")
    with tenant_scope(provider.id):
        with pytest.raises(ValidationError, match="registration_number"):
            change_issuer(registration_number="T1234567890123", actor=ACTOR)
        change_issuer(bank_name="", actor=ACTOR)
    assert recorded(provider, "invoices.issuer.changed")[1:] == [{"bank_name": ""}]
    with pytest.raises(ValidationError, match="銀行"):
        issue()
    assert ledger() == []


def test_prices_change_from_a_month_on(acme: Tenant, provider: Tenant) -> None:
    """T6: an invoiced month keeps its price; a price that nobody paid can be taken back."""
    since(acme, "2026-10-01")
    with tenant_scope(provider.id):
        set_price(plan_code="standard", valid_from=date(2026, 11, 1), fee=60_000, actor=ACTOR)
        issue()
        assert [one.net for one in ledger()] == [50_001, 60_000]
        with pytest.raises(ValidationError):
            set_price(plan_code="enterprise", valid_from=date(2026, 11, 1), fee=1, actor=ACTOR)
        later = set_price(plan_code="standard", valid_from=date(2026, 12, 1), fee=1, actor=ACTOR)
        with pytest.raises(ValidationError):
            set_price(plan_code="standard", valid_from=date(2026, 12, 1), fee=2, actor=ACTOR)
        withdraw_price(later.id, actor=ACTOR)
        with pytest.raises(ValidationError):
            withdraw_price(later.id, actor=ACTOR)
        with pytest.raises(ValidationError):
            withdraw_price(next(one for one in price_list() if one.fee == 60_000).id, actor=ACTOR)
    assert len(recorded(provider, "invoices.price.withdrawn")) == 1


def test_a_credit_note_takes_back_to_the_yen(acme: Tenant, provider: Tenant) -> None:
    """T6: the tax of all parts is the tax of the whole; more than is left is refused; the invoice stays."""
    since(acme, "2026-11-01")
    (invoice,) = issue()
    (rest,) = rests(invoice)
    assert (rest.key, rest.net, rest.tax) == ("10", 50_001, 5_000)

    def take(net: int, reason: str = "Overcharged") -> Invoice:
        return credit(invoice, {"10": net}, reason=reason, now=NOW, actor=ACTOR)

    # Of 49,996 that stay the tax is 4999.6: 5,000 less 4,999.
    first = take(5)
    assert (first.number, first.corrects_number, first.net, first.tax, first.total) == (
        *("2026-000002", "2026-000001", 5, 1, 6),
    )
    for net, reason in ((49_997, "Too much"), (0, "Nothing"), (-1, "Less"), (5, " ")):
        with pytest.raises(ValidationError):
            take(net, reason)
    second = take(49_996)
    assert (second.net, second.tax, second.total) == (49_996, 4_999, 54_995)
    assert first.total + second.total == invoice.total
    assert [(one.net, one.tax) for one in rests(invoice)] == [(0, 0)]
    assert find(invoice.id) == invoice
    assert find(uuid4()) is None
    with pytest.raises(ValidationError), platform_transaction():
        credit(first, {"10": 1}, reason="A note of a note", now=NOW, actor=ACTOR)
    assert recorded(acme, "invoices.credited") == recorded(provider, "invoices.credited")
    assert len(recorded(acme, "invoices.credited")) == 2
    assert issue() == []


def test_the_company_is_told_once(acme: Tenant, cast: Cast) -> None:
    """T6: in the reader's language; told again by nobody."""
    since(acme, "2026-11-01")
    issue()
    assert tell_of_invoices(NOW) == 1
    assert tell_of_invoices(NOW) == 0
    (message,) = mail.outbox
    assert message.to == ["alice@acme.example"]
    assert message.subject == "Your invoice: 2026-000001"
    for text in ("Acme Trading", "2026-11", "55,001", "2027-01-04", "/console/contract/invoices/"):
        assert text in message.body


def test_plans_change_and_use_ends(acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: the day of a change belongs to the new plan; the last day is paid, and its invoice comes the day after.

    February 2028 has 29 days: 9 of the trial, 12 of Standard at 50,001 and 8 of Enterprise at 200,000 yen.
    """
    since(acme, "2028-01-05", plan_code="trial", state=State.TRIAL)
    since(globex, "2027-02-01")
    for moment, before, after in (
        ("2028-02-10T23:30+09:00", "trial", "standard"),
        ("2028-02-22T00:10+09:00", "standard", "enterprise"),
    ):
        with time_machine.travel(datetime.fromisoformat(moment)), platform_transaction():
            terms.note_plan_change(acme, before=before, after=after)
    monkeypatch.setattr(terms, "_sources", [lambda: {globex.id: date(2027, 2, 27)}])
    on_the_last_day = datetime(2027, 2, 27, 14, 59, tzinfo=UTC)
    assert issue(on_the_last_day) == []
    (last,) = issue(on_the_last_day + timedelta(minutes=1))
    # 27 of 28 days of 50,001 yen are 48,215.25, and 10 % of that 4,821.5.
    assert (last.company_code, last.net, last.tax, f"{last.issued_on} {last.due_on}") == (
        *("GLOBEX", 48_215, 4_821, "2027-02-28 2027-03-31"),
    )
    (whole,) = issue(datetime(2028, 3, 1, tzinfo=UTC))
    assert [(line["first"], line["last"], line["days"], line["amount"]) for line in whole.lines] == [
        ("2028-02-10", "2028-02-21", 12, 20_690),  # 20,690.06…
        ("2028-02-22", "2028-02-29", 8, 55_172),  # 55,172.41…
    ]
    assert (whole.company_code, whole.net, whole.tax, whole.total) == ("ACME", 75_862, 7_586, 83_448)
    assert issue(datetime(2028, 3, 1, tzinfo=UTC)) == []


def test_a_change_of_plan_is_remembered(acme: Tenant) -> None:
    """T6: by the service that changes it."""
    change_plan(acme.id, plan=PlanCode.ENTERPRISE, actor=ACTOR)
    with platform_transaction():
        (change,) = terms.terms().changes[acme.id]
    assert (change.plan_before, change.plan_after) == ("standard", "enterprise")


def test_the_recipient_is_the_organisation_of_that_day(acme: Tenant) -> None:
    """T5, T6: address and billing contact, who is told in the language of the country."""
    since(acme, "2026-11-01")
    record = {"billing_name": "Kana Kuroda", "billing_email": "bills@acme.example", "address": "東京都港区1-1"}
    change_organisation(acme.id, changes=record | {"billing_department": "経理部"}, actor=ACTOR)
    (invoice,) = issue()
    change_organisation(acme.id, changes={"address": "大阪府"}, actor=ACTOR)
    assert ledger()[0].recipient == invoice.recipient == {
        "name": "Acme Trading",
        "country": "JP",
        "postal_code": "",
        "address": "東京都港区1-1",
        "department": "経理部",
        "contact": "Kana Kuroda",
    }  # fmt: skip
    assert tell_of_invoices(NOW) == 1
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["bills@acme.example"], "請求書を発行しました（2026-000001）")
    ]


def test_the_command(acme: Tenant, globex: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    """T6: a dry run writes nothing."""
    since(acme, "2026-09-01")
    since(globex, "2026-10-01")

    def run(*arguments: str) -> Any:
        with time_machine.travel(NOW):
            call_command("invoice", *arguments, "--json")
        return json.loads(capsys.readouterr().out)

    assert run("issue", "--month", "2026-10", "--dry-run") == [
        {"code": "ACME", "month": "2026-10", "net": 50_001},
        {"code": "GLOBEX", "month": "2026-10", "net": 50_001},
    ]
    assert run("list") == ledger() == []
    run("issue", "--month", "2026-10")
    assert len(run("issue")) == 3
    assert [(row["number"], row["month"]) for row in run("list", "--tenant", "globex")] == [
        ("2026-000005", "2026-11"),
        ("2026-000002", "2026-10"),
    ]
