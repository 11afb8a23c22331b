"""Pages and papers of invoices (T6)."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from tenants.invoices import issuing
from tenants.invoices.crediting import credit
from tenants.invoices.models import Invoice, Price
from tenants.invoices.pricing import set_price
from tenants.invoices.reporting import pdf, printed
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tests.accounts.reading import actions_of
from tests.conftest import EVERY_ROLE, Cast
from tests.invoices.conftest import ACTOR, ISSUER, NOW, ledger, since

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("prices", "issuer"),
]
_LEDGER = "/operator/invoices/"


def text_of(paper: bytes) -> str:
    """The words of a PDF, without blanks: where they break says nothing."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split())


def page_of(client: Client, address: str) -> str:
    """The page, which is there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.fixture
def issued(acme: Tenant, globex: Tenant) -> list[Invoice]:
    """October and November of ACME, half of November of GLOBEX, and 5 yen of ACME's October taken back."""
    since(acme, "2026-10-01")
    since(globex, "2026-11-16", plan_code="enterprise")
    first, *_others = issuing.issue_missing(NOW, actor=ACTOR)
    credit(first, {"10": 5}, reason="計算の誤り <b>", now=NOW, actor=ACTOR)
    return ledger()


def test_the_papers_say_what_the_law_asks(issued: list[Invoice], provider: Tenant) -> None:
    """T6: 適格請求書 names issuer, number, days, what for, amounts and tax by rate, recipient; the same for ever."""
    invoice, note = issued[0], issued[-1]
    first = pdf(printed(invoice, "ja"))
    paper = text_of(first)
    for text in (
        *("請求書", "2026-000001", "2026年12月1日", "AcmeTrading御中", "ACME"),
        *(ISSUER["name"], "登録番号:T7000012050002", ISSUER["address"], "〒100-0001"),
        *("2026年10月1日～2026年10月31日", "月額利用料（スタンダードプラン）", "¥50,001", "10%"),
        *("税率ごとの合計", "¥5,000", "ご請求金額（税込）¥55,001", "お支払期限2027年2月1日"),
        *("振込先", "みずほ銀行東京営業部", "普通1234567", ISSUER["account_holder"]),
    ):
        assert text in paper, text
    assert "Invoice" not in paper
    taken = text_of(pdf(printed(note, "ja")))
    for text in ("返還請求書", "2026-000004", "対象の請求書2026-000001", "計算の誤り<b>", "返還金額（税込）¥6", "御中"):
        assert text in taken, text
    assert "振込先" not in taken
    english = text_of(pdf(printed(invoice, "en-gb")))
    for text in ("請求書/Invoice", "Paymentdue", "Monthlyfee,planStandard", "Acme", "普通/Ordinary"):
        assert text in english, text
    with tenant_scope(provider.id), platform_transaction():
        Tenant.objects.update(name="Another name")
    assert pdf(printed(ledger()[0], "ja")) == first


def test_reduced_rates_are_marked(acme: Tenant, provider: Tenant) -> None:
    """T6: with ※ at the line and at the sum; 8 % of 60,007 are 4800.56 yen."""
    since(acme, "2027-01-01")
    with tenant_scope(provider.id):
        values = {"plan_code": "standard", "valid_from": date(2027, 1, 1), "fee": 60_007}
        set_price(**values, tax_percent=8, reduced=True, actor=ACTOR)  # type: ignore[arg-type]
    (invoice,) = issuing.issue_missing(NOW.replace(year=2027, month=2), actor=ACTOR)
    assert invoice.taxes == [{"percent": 8, "reduced": True, "net": 60_007, "tax": 4_800}]
    paper = text_of(pdf(printed(invoice, "ja")))
    for text in ("※月額利用料", "8%※¥60,007", "※は軽減税率の対象です。", "¥64,807"):
        assert text in paper, text


def test_a_company_sees_and_downloads_its_own(cast: Cast, issued: list[Invoice]) -> None:
    """T6, T1: and no other; each download is recorded."""
    acme, globex = cast.admin.client(), cast.outsider.client()
    shown = {name: page_of(client, "/console/contract/invoices/") for name, client in (("a", acme), ("g", globex))}
    for invoice in issued:
        own, foreign = (acme, globex) if invoice.company_code == "ACME" else (globex, acme)
        assert (invoice.number in shown["a"], invoice.number in shown["g"]) == (own is acme, own is globex)
        address = f"/console/contract/invoices/{invoice.id}.pdf"
        answer = own.get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content == pdf(printed(invoice, "en"))
        assert foreign.get(address).status_code == cast.operator.client().get(address).status_code == 404
        assert cast.reader.client().get(address).status_code == 403
    assert actions_of(cast.admin.tenant).count("invoices.downloaded") == 3
    assert actions_of(cast.outsider.tenant).count("invoices.downloaded") == 1
    assert "-6" in shown["a"]


def test_operators_search_sum_up_and_take_the_table_along(cast: Cast, issued: list[Invoice]) -> None:
    """T6: credit notes are taken off the sums; the same number of queries for many."""
    client = cast.operator.client()
    page = page_of(client, _LEDGER)
    # Twice 50,001 and 100,000 without tax, less 5; tax twice 5,000 and 10,000, less 1.
    for text in ("199,997", "19,999", "219,996"):
        assert text in page
    narrowed = page_of(client, f"{_LEDGER}?company=glob&month=2026-11&kind=invoice")
    assert "110,000" in narrowed
    assert "2026-000001" not in narrowed
    answer = client.get("/operator/invoices.csv?company=ACME")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [(row[0], row[2], row[4], *row[7:11]) for row in rows[1:]] == [
        ("2026-000004", "ACME", "2026-10", "'-5", "'-1", "'-6", "2026-000001"),
        ("2026-000002", "ACME", "2026-11", "50001", "5000", "55001", ""),
        ("2026-000001", "ACME", "2026-10", "50001", "5000", "55001", ""),
    ]
    counts = []
    for many in (False, True):
        if many:
            with platform_transaction():
                Invoice.objects.bulk_create(_copies(issued[0], 25))
        with (
            CaptureQueriesContext(connections["platform"]) as theirs,
            CaptureQueriesContext(connections["default"]) as own,
        ):
            page_of(client, _LEDGER)
        counts.append(len(theirs) + len(own))
    assert counts[0] == counts[1]


def _copies(invoice: Invoice, count: int) -> list[Invoice]:
    fields = {field.name: getattr(invoice, field.name) for field in Invoice._meta.concrete_fields if field.name != "id"}
    return [Invoice(**fields | {"sequence": 100 + number, "kind": "credit"}) for number in range(count)]


def test_an_operator_takes_back_by_a_credit_note(cast: Cast, issued: list[Invoice]) -> None:
    """T6: what is left is offered, more is refused; a credit note has none of its own."""
    client = cast.operator.client()
    address = f"{_LEDGER}{issued[0].id}/"
    assert 'value="49996"' in page_of(client, address)
    refused = client.post(f"{address}credit/", {"net_10": "49997", "reason": "More"})
    assert refused.status_code == 200
    done = client.post(f"{address}credit/", {"net_10": "49996", "reason": "Cancelled"}, follow=True)
    assert "2026-000005" in done.content.decode()
    assert 'name="net_10"' not in page_of(client, address)
    note = ledger()[-1]
    assert (note.net, note.tax, note.corrects_number, note.issued_by_name) == (49_996, 4_999, "2026-000001", "Olga")
    assert client.post(f"{_LEDGER}{note.id}/credit/", {"reason": "Again"}).status_code == 200
    assert len(ledger()) == 5
    assert f"{_LEDGER}{issued[0].id}/" in page_of(client, f"{_LEDGER}{note.id}/")


def test_prices_and_the_issuer_on_their_pages(cast: Cast) -> None:
    """T6: what is missing is said where invoices are; wide letters become narrow; a stale log-in is asked first."""
    client = cast.operator.client()
    values = {**ISSUER, "account_kind": "ordinary", "rounding": "up", "fiscal_month": "1"}
    wide = {"registration_number": "Ｔ７００００１２０５０００２"}
    assert client.post(f"{_LEDGER}issuer/", values | wide).status_code == 302
    wrong = client.post(f"{_LEDGER}issuer/", values | {"registration_number": "T7000012050003"})
    assert "its check digit is wrong" in wrong.content.decode()
    client.post(f"{_LEDGER}issuer/", values | {"bank_name": ""})
    assert "Missing: bank" in page_of(client, _LEDGER)
    price = {"plan_code": "standard", "valid_from": "2027-04", "fee": "70000", "tax_percent": "10"}
    assert client.post(f"{_LEDGER}prices/", price).status_code == 302
    assert client.post(f"{_LEDGER}prices/", price | {"plan_code": "trial"}).status_code == 200
    assert "70,000" in page_of(client, f"{_LEDGER}prices/")
    with platform_transaction():
        made = Price.objects.get(fee=70_000)
    assert client.post(f"{_LEDGER}prices/{made.id}/withdraw/").status_code == 302
    assert "70,000" not in page_of(client, f"{_LEDGER}prices/")
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        stale = cast.operator.client()
    for address in ("issuer/", "prices/"):
        assert "/confirm" in stale.post(f"{_LEDGER}{address}", values)["Location"]
