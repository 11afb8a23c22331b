"""CSV that spreadsheets open with the right letters and that runs nothing there (G9)."""

import csv
import io
from collections.abc import Iterable

BOM = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as UTF-8 without a mark; a cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_safe(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
