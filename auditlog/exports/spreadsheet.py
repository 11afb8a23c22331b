"""CSV that spreadsheets open with the right letters and that runs nothing there (G2, G9)."""

import csv
import io
from collections.abc import Iterable

BOM = b"\xef\xbb\xbf"
# What begins a formula; the full-width signs do in a Japanese spreadsheet.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def csv_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as UTF-8 without a mark (RFC 4180); a cell that a spreadsheet would run gets an apostrophe in front."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_safe(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA else text
