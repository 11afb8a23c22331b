"""A document about an incident before it becomes a file: the same content goes to PDF and to Word (N5).

All texts are final: in one language, times already written out. Nothing in them is markup.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings, and rows of as many cells."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered section of a document: text (a blank line parts paragraphs), a table, or both."""

    title: str
    text: str = ""
    grid: Grid | None = None

    @property
    def paragraphs(self) -> list[str]:
        """The text in its paragraphs."""
        return [block.strip() for block in self.text.replace("\r\n", "\n").split("\n\n") if block.strip()]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `issued_at` is the time of the content, not of the printing: the same paper is the same file."""

    language: str
    title: str
    number: str
    date: str
    addressee: str
    sender: str
    greeting: str
    issued_at: datetime
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = field(default_factory=tuple)
    closing: str = ""
