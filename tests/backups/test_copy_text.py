"""The reader of COPY text against PostgreSQL itself (B6)."""

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from backups.copytext import CopyTextMalformed, read_rows

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
AWKWARD = st.lists(st.sampled_from("\\\tNnrtbvfx01.\n\r\x08\x0b\x0c鬱é"), max_size=12).map("".join)
VALUE = st.none() | TEXT | AWKWARD
COLUMNS = ("first", "second", "third")


def copied(rows: list[tuple[str | None, ...]]) -> bytes:
    """What COPY writes for these rows."""
    values = ", ".join(["(%s::text, %s::text, %s::text)"] * len(rows))
    with connections["default"].cursor() as cursor:
        flat = [value for row in rows for value in row]
        with cursor.copy(f"COPY (SELECT * FROM (VALUES {values}) AS v) TO STDOUT", flat) as copy:
            return b"".join(bytes(piece) for piece in copy)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(VALUE, VALUE, VALUE), min_size=1, max_size=5), size=st.integers(1, 40))
def test_reads_what_postgresql_writes(rows: list[tuple[str | None, ...]], size: int) -> None:
    """B6: every character, NULL, the empty text, and wherever the pieces are cut."""
    text = copied(rows)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert list(read_rows(pieces, COLUMNS, COLUMNS)) == rows
    assert list(read_rows(pieces, COLUMNS, ["third", "first"])) == [(row[2], row[0]) for row in rows]


@pytest.mark.parametrize("text", [b"a\tb\n", b"a\tb\tc\td\n", b"a\tb\tc", b"a\tb\t\xff\n"])
def test_what_is_no_copy_text_is_refused(text: bytes) -> None:
    """B6: too few values, too many, a line without an end, bytes that are no text."""
    with pytest.raises(CopyTextMalformed):
        list(read_rows([text], COLUMNS, COLUMNS))
