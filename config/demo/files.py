"""The files of the demonstration: PDFs set by Typst, and CSV tables."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from config.demo.companies import DemoCompany

_TEMPLATE = Path(__file__).with_name("letter.typ")


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file and the folder that it is put in, as a path of folder names."""

    folder: tuple[str, ...]
    name: str
    content: bytes


def files_of(company: DemoCompany) -> Iterator[DemoFile]:
    """The files of a company: an invoice to each partner, a policy, a price list and a list of partners."""
    japanese = company.language == "ja"
    invoices, policies = ("請求書", "規程") if japanese else ("Invoices", "Policies")
    for number, partner in enumerate(company.partners, start=1):
        invoice = _invoice(company, partner.name, number, japanese=japanese)
        yield DemoFile((invoices, "2026"), f"{invoice['number']}.pdf", pdf(invoice))
    policy = _policy(company, japanese=japanese)
    yield DemoFile((policies,), f"{policy['title']}.pdf", pdf(policy))
    yield DemoFile((), "価格表.csv" if japanese else "price-list.csv", table(_prices(japanese=japanese)))
    heading = ("取引先コード", "名称", "フリガナ") if japanese else ("code", "name", "reading")
    partners = [heading, *((p.code, p.name, p.kana) for p in company.partners)]
    yield DemoFile((), "取引先一覧.csv" if japanese else "partners.csv", table(partners))


def pdf(letter: dict[str, Any]) -> bytes:
    """A one-page PDF. The text goes in as data, never as markup."""
    fonts = settings.BASE_DIR / "static" / "vendor" / "biz-udpgothic"
    data = json.dumps(letter, ensure_ascii=False)
    return bytes(typst.compile(str(_TEMPLATE), font_paths=[str(fonts)], sys_inputs={"data": data}))


def table(rows: Sequence[tuple[object, ...]]) -> bytes:
    """A CSV file that spreadsheets open with the right letters."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _invoice(company: DemoCompany, partner: str, number: int, *, japanese: bool) -> dict[str, Any]:
    amount = 120_000 * number
    if japanese:
        labels = {"title": "請求書", "to": f"{partner} 御中", "item": "品名", "amount": "金額", "total": "合計（税込）"}
        items = [["商品代金", f"{amount:,} 円"], ["消費税（10%）", f"{amount // 10:,} 円"]]
    else:
        labels = {"title": "Invoice", "to": partner, "item": "Item", "amount": "Amount", "total": "Total incl. tax"}
        items = [["Goods and services", f"JPY {amount:,}"], ["Consumption tax (10%)", f"JPY {amount // 10:,}"]]
    total = f"{amount * 11 // 10:,} 円" if japanese else f"JPY {amount * 11 // 10:,}"
    return {**labels, "number": f"INV-2026-{number:03}", "from": company.name, "date": "2026-10-31",
            "items": items, "sum": total, "paragraphs": []}  # fmt: skip


def _policy(company: DemoCompany, *, japanese: bool) -> dict[str, Any]:
    if japanese:
        title = "文書管理規程"
        paragraphs = [
            "第1条 本規程は、当社が取り扱う文書の作成、保管、閲覧および廃棄の基準を定める。",
            "第2条 文書は、業務に必要な者だけが閲覧できるように権限を設定し、保管する。",
            "第3条 保存期間を経過した文書は、復元できない方法により速やかに廃棄する。",
        ]
    else:
        title = "Document policy"
        paragraphs = [
            "1. This policy sets out how documents are made, kept, read and disposed of.",
            "2. A document may be read only by those whose work needs it.",
            "3. When its period has ended, a document is disposed of so that nobody can restore it.",
        ]
    return {"title": title, "number": "", "from": company.name, "to": "", "date": "2026-04-01",
            "items": [], "paragraphs": paragraphs}  # fmt: skip


def _prices(*, japanese: bool) -> list[tuple[object, ...]]:
    heading = ("商品コード", "商品名", "単価") if japanese else ("code", "product", "unit price (JPY)")
    names = ("緑茶 100g", "ほうじ茶 100g", "湯呑") if japanese else ("Anvil, 20 kg", "Rope, 50 m", "Spring, large")
    return [heading, *((f"S-{n:03}", name, 800 * n) for n, name in enumerate(names, start=1))]
