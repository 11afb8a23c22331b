"""docs/asvs.md is complete and tells the truth: what applies at level 1 or 2 has a test that names it."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

_ID = re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{1,2}\b")
_FILE = re.compile(r"`(tests/[\w/.-]+\.py)`")
# What was chosen of ASVS 5.0.0 for this product, by level.
_ROWS = {
    1: """3.2.1 3.2.2 3.3.1 3.3.2 3.3.3 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7
    6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 10.4.1 10.4.2 10.4.3
    10.4.4 10.4.5""",
    2: """3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 3.5.4 3.7.2 6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1
    6.5.2 6.5.3 6.5.4 6.5.5 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2
    7.6.1 7.6.2 8.1.2 8.2.3 8.4.1 10.3.1 10.3.2 10.3.3 10.3.4 10.4.6 10.4.8 10.4.9 10.4.10 10.4.11 10.7.1 10.7.2 10.7.3
    16.1.1 16.2.1 16.2.2 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3""",
    3: """3.4.7 3.4.8 3.5.8 3.6.1 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.8 6.7.1 6.7.2 7.5.3 8.2.4 8.3.2 8.3.3
    8.4.2 16.5.4""",
}
LEVELS = {number: level for level, numbers in _ROWS.items() for number in numbers.split()}


@dataclass(frozen=True)
class Row:
    """One requirement and where it stands."""

    level: int
    applies: str
    status: str
    files: tuple[str, ...]


def _rows(path: Path) -> list[list[str]]:
    """The cells of the rows of a table whose first column is an id."""
    lines = (line.strip("| ").split(" | ") for line in path.read_text().splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in cells] for cells in lines if _ID.fullmatch(cells[0].strip())]


def _index() -> dict[str, Row]:
    found = _rows(settings.BASE_DIR / "docs" / "asvs.md")
    assert len({cells[0] for cells in found}) == len(found), "an id comes twice"
    return {
        cells[0]: Row(int(cells[1]), cells[2], cells[3], tuple(_FILE.findall(cells[4] if len(cells) > 4 else "")))
        for cells in found
    }


@cache
def _named(path: str) -> frozenset[str]:
    """The ids that a file of tests, or a test in it, says it is about."""
    tree = ast.parse((settings.BASE_DIR / path).read_text())
    tests = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))
    documented: list[ast.Module | ast.FunctionDef] = [tree, *tests]
    texts = filter(None, map(ast.get_docstring, documented))
    return frozenset(number for text in texts if "ASVS" in text for number in _ID.findall(text))


def test_every_row_is_there() -> None:
    """ASVS: exactly the rows that were chosen, each with its level."""
    assert {number: row.level for number, row in _index().items()} == LEVELS


def test_what_applies_has_a_test_that_names_it() -> None:
    """ASVS: at level 1 and 2 always, at level 3 wherever the row says that it is met."""
    unproven = [
        number
        for number, row in _index().items()
        if row.applies == "yes" and not any(number in _named(file) for file in row.files)
    ]
    assert unproven == []


def test_what_does_not_apply_says_why() -> None:
    """ASVS: nothing is open without a reason, and only what is not built has none of its tests."""
    unsaid = [
        number
        for number, row in _index().items()
        if not re.match(r"(met|part: |deviation: )" if row.applies == "yes" else r"not built: .{20,}", row.status)
        or row.applies not in {"yes", "not yet"}
    ]
    assert unsaid == []


def test_the_tables_of_the_areas_belong_to_it() -> None:
    """ASVS: an area may go into detail, of rows that are in the index and of tests that are there."""
    areas = {path.name: _rows(path) for path in (settings.BASE_DIR / "docs" / "asvs").glob("*.md")}
    missing = [
        f"{name}: {cells[0]} {file}"
        for name, rows in areas.items()
        for cells in rows
        for file in _FILE.findall(" ".join(cells))
        if not (settings.BASE_DIR / file).exists()
    ]
    assert missing == []
    assert {cells[0] for rows in areas.values() for cells in rows} <= set(LEVELS) | {"1.5.1", "13.3.1"}
