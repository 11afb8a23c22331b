"""The paper of an invoice: set anew from its row at each download, so it says the same for ever (T6).

The row keeps every word and number; the date in the PDF is that of the issue. So the same release makes the same bytes.
Japanese is the language of the paper; who reads English gets that beside it.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import translation
from django.utils.dateparse import parse_date

from auditlog.actors import Actor
from auditlog.services import record
from tenants.invoices.actions import INVOICE_DOWNLOADED
from tenants.invoices.models import AccountKind, Invoice
from tenants.isolation.transactions import atomic

_TEMPLATE = Path(__file__).with_name("invoice.typ")
# What stands on the paper, Japanese and English.
_LABELS = {
    "invoice": ("請求書", "Invoice"),
    "credit": ("返還請求書", "Credit note"),
    "number": ("請求書番号", "No."),
    "issued": ("発行日", "Date of issue"),
    "registration": ("登録番号", "Registration number"),
    "code": ("会社コード", "Company code"),
    "period": ("対象期間", "Period"),
    "due": ("お支払期限", "Payment due"),
    "corrects": ("対象の請求書", "For invoice"),
    "reason": ("理由", "Reason"),
    "lead": ("下記のとおりご請求申し上げます。", "We invoice the following."),
    "lead_credit": ("下記のとおり返還いたします。", "We take back the following."),
    "amount_due": ("ご請求金額（税込）", "Amount due incl. tax"),
    "amount_credit": ("返還金額（税込）", "Amount taken back incl. tax"),
    "lines": ("内訳", "Items"),
    "item": ("品目", "Item"),
    "days": ("数量", "Quantity"),
    "fee": ("単価", "Unit price"),
    "amount": ("金額（税抜）", "Amount excl. tax"),
    "rate": ("税率", "Tax rate"),
    "month_unit": ("1か月", "1 month"),
    "taxes": ("税率ごとの合計", "Totals by tax rate"),
    "net": ("対象金額（税抜）", "Taxable amount"),
    "tax": ("消費税額", "Consumption tax"),
    "subtotal": ("小計（税抜）", "Subtotal excl. tax"),
    "tax_total": ("消費税額合計", "Consumption tax in all"),
    "total": ("合計（税込）", "Total incl. tax"),
    "reduced": ("※は軽減税率の対象です。", "※ marks items at the reduced tax rate."),
    "bank": ("振込先", "Pay to"),
    "fee_note": ("振込手数料は貴社にてご負担ください。", "Please bear the bank's fee for the transfer."),
}


@atomic()
def invoice_data(invoice: Invoice, *, language: str, actor: Actor) -> dict[str, Any]:
    """What `pdf` sets; that it was downloaded is recorded for the company in scope."""
    record(INVOICE_DOWNLOADED, actor=actor, target=invoice, after={"number": invoice.number})
    return printed(invoice, language)


def printed(invoice: Invoice, language: str) -> dict[str, Any]:
    """Every text on the paper, for a reader of Japanese (`ja`) or of anything else."""
    both = language != "ja"
    labels = {key: " / ".join(pair) if both else pair[0] for key, pair in _LABELS.items()}
    return {
        "labels": labels,
        "language": "ja",
        "credit": invoice.is_credit_note,
        "number": invoice.number,
        "issued": _day(invoice.issued_on),
        "issued_parts": [invoice.issued_on.year, invoice.issued_on.month, invoice.issued_on.day],
        "due": _day(invoice.due_on) if invoice.due_on else "",
        "period": f"{_day(_first(invoice))}～{_day(_last(invoice))}",
        "code": invoice.company_code,
        "corrects": invoice.corrects_number,
        "reason": invoice.reason,
        "recipient": {"name": invoice.recipient_name, "lines": _address(invoice.recipient)},
        "issuer": {
            "name": invoice.issuer["name"],
            "registration": invoice.issuer["registration_number"],
            "lines": _address(invoice.issuer),
        },
        "bank": _bank(invoice.issuer, both=both),
        "lines": [_line(line, both=both) for line in invoice.lines],
        "has_reduced": any(line["reduced"] for line in invoice.lines),
        "taxes": [{"rate": _rate(one), "net": _yen(one["net"]), "tax": _yen(one["tax"])} for one in invoice.taxes],
        "net": _yen(invoice.net),
        "tax": _yen(invoice.tax),
        "total": _yen(invoice.total),
    }


def pdf(data: dict[str, Any]) -> bytes:
    """The paper as PDF. The texts go in as data, never as markup. Takes its time: call it outside a transaction."""
    fonts = settings.BASE_DIR / "static" / "vendor" / "biz-udpgothic"
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return bytes(typst.compile(str(_TEMPLATE), font_paths=[str(fonts)], sys_inputs=inputs, ignore_system_fonts=True))


def file_name(invoice: Invoice) -> str:
    """The name under which it is saved: date, company and number, by which Japanese books are kept."""
    title = _LABELS["credit" if invoice.is_credit_note else "invoice"][0]
    return f"{invoice.issued_on:%Y%m%d}_{title}_{invoice.company_code}_{invoice.number}.pdf"


def _line(line: dict[str, Any], *, both: bool) -> dict[str, Any]:
    names = line["name"]
    days = [_day(day) for day in (parse_date(line["first"]), parse_date(line["last"])) if day]
    quantity = ""
    if line["days"] == line["of"]:
        quantity = "1"
    elif line["days"]:
        quantity = f"{line['days']}/{line['of']}日" + (" (days)" if both else "")
    return {
        "name": ("※ " if line["reduced"] else "") + (" / ".join((names["ja"], names["en"])) if both else names["ja"]),
        "days": "～".join(days),
        "quantity": quantity,
        "fee": _yen(line["fee"]),
        "amount": _yen(line["amount"]),
        "rate": f"{line['percent']}%" + ("※" if line["reduced"] else ""),
    }


def _rate(one: dict[str, Any]) -> str:
    return f"{one['percent']}%" + ("※" if one["reduced"] else "")


def _address(who: dict[str, str]) -> list[str]:
    postal = f"〒{who['postal_code']}" if who.get("postal_code") else ""
    phone = f"TEL {who['phone']}" if who.get("phone") else ""
    lines = [postal, *who.get("address", "").splitlines(), who.get("department", ""), who.get("contact", ""), phone]
    return [line for line in lines if line]


def _bank(issuer: dict[str, str], *, both: bool) -> list[str]:
    kinds = []
    for language in ("ja", "en") if both else ("ja",):
        with translation.override(language):
            kinds.append(str(AccountKind(issuer["account_kind"]).label))
    return [
        f"{issuer['bank_name']} {issuer['branch_name']}",
        f"{' / '.join(kinds)} {issuer['account_number']}",
        issuer["account_holder"],
    ]


def _first(invoice: Invoice) -> date:
    return parse_date(min(line["first"] for line in invoice.lines)) or invoice.period


def _last(invoice: Invoice) -> date:
    return parse_date(max(line["last"] for line in invoice.lines)) or invoice.period


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yen(amount: int) -> str:
    return f"¥{amount:,}"
