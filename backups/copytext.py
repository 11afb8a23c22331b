"""Reading PostgreSQL's COPY text: the rows of a table of an archive, without the database (B6).

A line a row, values separated by tabs, `\\N` for NULL; backslash, tab and the ends of lines are escaped in values. In
UTF-8 no byte of another character looks like the end of a line, so lines are taken apart before they are decoded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

Row = tuple[str | None, ...]

# More than any row of the product: what is longer was not written by it, and shall not fill the memory.
_LONGEST_LINE = 64 * 1024 * 1024
_NULL = r"\N"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANINGS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class CopyTextMalformed(ValueError):  # noqa: N818 - reads as the statement it is
    """This is not what COPY writes for a table of these columns."""


def read_rows(pieces: Iterable[bytes], columns: Sequence[str], wanted: Sequence[str]) -> Iterator[Row]:
    """The values of the wanted columns, row by row, as PostgreSQL writes them down; None for NULL.

    Takes memory for one piece and one row. Raises CopyTextMalformed, ValueError for a column that is not there.
    """
    places = [columns.index(name) for name in wanted]
    number = len(columns)
    for line in _lines(pieces):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise CopyTextMalformed("not UTF-8") from error
        values = text.split("\t")
        if len(values) != number:
            raise CopyTextMalformed(f"{len(values)} values instead of {number}")
        if "\\" in text:
            yield tuple([_plain(values[place]) for place in places])
        else:
            yield tuple([values[place] for place in places])


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > _LONGEST_LINE:
            raise CopyTextMalformed("a line without an end")
    if rest:
        raise CopyTextMalformed("the last line has no end")


def _plain(value: str) -> str | None:
    if "\\" not in value:
        return value
    if value == _NULL:
        return None
    return _ESCAPED.sub(lambda found: _MEANINGS.get(found[1], found[1]), value)
