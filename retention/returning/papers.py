"""The invoices of a company as the papers that it got, set anew from the ledger one at a time (R3, T6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from retention.returning.naming import inside
from tenants.invoices.queries import invoices_of_tenant
from tenants.invoices.reporting import file_name, pdf, printed

_FOLDER = "invoices"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Paper:
    """One invoice or credit note: where it lies in the ZIP, when it was issued, and the PDF."""

    path: str
    at: datetime
    content: bytes


def papers(language: str) -> Iterator[Paper]:
    """Those of the tenant in scope by their numbers, for a reader of that language."""
    for invoice in invoices_of_tenant().order_by("fiscal_year", "sequence").iterator(chunk_size=_AT_ONCE):
        yield Paper(inside(_FOLDER, file_name(invoice)), invoice.issued_at, pdf(printed(invoice, language)))
