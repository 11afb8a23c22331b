"""Reading PostgreSQL's COPY text: the rows of a table of an archive, without the database (B6).

A line a row, values separated by tabs, `\\N` for NULL; backslash, tab and the ends of lines are escaped in values. In
UTF-8 no byte of another character looks like one of these, so the text is taken apart before it is decoded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

Row = tuple[str | None, ...]

# More than any row of the product: what is longer was not written by it, and shall not fill the memory.
_LONGEST_LINE = 64 * 1024 * 1024
_NULL = rb"\N"
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANINGS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class CopyTextMalformed(ValueError):  # noqa: N818 - reads as the statement it is
    """This is not what COPY writes for a table of these columns."""


def read_rows(pieces: Iterable[bytes], columns: Sequence[str], wanted: Sequence[str]) -> Iterator[Row]:
    """The values of the wanted columns, row by row, as PostgreSQL writes them down; None for NULL.

    Takes memory for one piece and one row. Raises CopyTextMalformed, ValueError for a column that is not there.
    """
    places = [columns.index(name) for name in wanted]
    for line in _lines(pieces):
        values = line.split(b"\t")
        if len(values) != len(columns):
            raise CopyTextMalformed(f"{len(values)} values instead of {len(columns)}")
        try:
            yield tuple(_decoded(values[place]) for place in places)
        except UnicodeDecodeError as error:
            raise CopyTextMalformed("not UTF-8") from error


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > _LONGEST_LINE:
            raise CopyTextMalformed("a line without an end")
    if rest:
        raise CopyTextMalformed("the last line has no end")


def _decoded(value: bytes) -> str | None:
    if b"\\" not in value:
        return value.decode()
    if value == _NULL:
        return None
    return _ESCAPED.sub(lambda found: _MEANINGS.get(found[1], found[1]), value).decode()
