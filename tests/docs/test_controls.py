"""docs/controls.md tells the truth: every requirement is listed, and what is marked done has a test that names it."""

import re
from pathlib import Path

from django.conf import settings

_ROW = re.compile(r"^\| (?P<id>[A-Z]\d+) \| (?P<state>done|part|open) \|(?P<rest>.*)\|$", re.MULTILINE)
_GROUPS = {"T": 10, "A": 15, "G": 10, "B": 6, "R": 6, "N": 9, "D": 8, "O": 6, "P": 5}


def _controls() -> dict[str, tuple[str, str]]:
    text = (settings.BASE_DIR / "docs" / "controls.md").read_text()
    return {row["id"]: (row["state"], row["rest"]) for row in _ROW.finditer(text)}


def _tests_that_name(requirement: str) -> list[Path]:
    word = re.compile(rf"\b{requirement}\b")
    return [path for path in (settings.BASE_DIR / "tests").rglob("test_*.py") if word.search(path.read_text())]


def test_every_requirement_is_listed() -> None:
    """The list has exactly the ids of the requirements."""
    assert set(_controls()) == {
        f"{group}{number}" for group, count in _GROUPS.items() for number in range(1, count + 1)
    }


def test_what_is_done_has_a_test_that_names_it() -> None:
    """A requirement is done only when a test says so."""
    unproven = [key for key, (state, _rest) in _controls().items() if state == "done" and not _tests_that_name(key)]
    assert unproven == []


def test_files_in_the_list_exist() -> None:
    """Code, documents and tests that the list points at are there."""
    missing = [
        f"{key}: {path}"
        for key, (_state, rest) in _controls().items()
        for path in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", rest)
        if not (settings.BASE_DIR / path).exists()
    ]
    assert missing == []
