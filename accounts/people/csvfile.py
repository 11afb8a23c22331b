"""From the bytes of a CSV file to rows: encodings, headings, line numbers (A8)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.people.columns import REQUIRED, column_called
from accounts.people.problems import MAX_ROWS, Problem

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_VALUE_LENGTH = 60  # of what is repeated in a complaint


class UnreadableList(Exception):  # noqa: N818
    """The file as a whole is wrong, so that no row can be looked at."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("unreadable list")
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, its cells by column, and whether there are more cells than headings."""

    line: int
    cells: dict[str, str]
    has_more: bool


def read_rows(content: bytes) -> list[Row]:
    """The rows below the headings, without empty ones. Raises UnreadableList."""
    lines = _lines(_decoded(content))
    _line, headings = next(lines, (1, []))
    columns = _columns(headings)
    rows: list[Row] = []
    for line, cells in lines:
        if len(rows) == MAX_ROWS:
            raise UnreadableList(Problem(0, "too_many_rows"))
        known = dict(zip(columns, cells, strict=False))
        rows.append(Row(line, known, any(cell.strip() for cell in cells[len(columns) :])))
    if not rows:
        raise UnreadableList(Problem(0, "empty"))
    return rows


def _decoded(content: bytes) -> str:
    """UTF-8 with or without mark, or Shift_JIS as Windows writes it. The stricter one first: it is never mistaken."""
    if content.startswith(_UTF16) or b"\0" in content:
        raise UnreadableList(Problem(0, "not_text"))
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableList(Problem(0, "encoding"))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableList(Problem(line, "broken")) from None
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _columns(headings: list[str]) -> list[str]:
    """The columns in the order of the file."""
    problems, columns = [], []
    while headings and not headings[-1].strip():
        headings = headings[:-1]
    for heading in headings:
        column = column_called(heading)
        if column is None:
            problems.append(Problem(1, "column_unknown", heading[:_VALUE_LENGTH]))
        elif column in columns:
            problems.append(Problem(1, "column_twice", heading[:_VALUE_LENGTH]))
        else:
            columns.append(column)
    problems += [Problem(1, "column_missing", column) for column in REQUIRED if column not in columns]
    if problems:
        raise UnreadableList(*problems)
    return columns
