"""The document as files: pages in both languages, feeds, style sheet (N1). Pure: no database, no broker, no request.

All links inside are relative and name files, so the files can lie anywhere: at a web server, in a bucket, on a disk.
The first page is there four times: in the folder of each language, and at the root in Japanese (`index.html`) and in
English (`index.en.html`), for servers that look at the language of the reader.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from incidents.status import feeds
from incidents.status.days import ZONE
from incidents.status.document import PublicIncident, StatusDocument
from incidents.status.publishing import DOCUMENT
from incidents.status.words import headline

LANGUAGES = ("ja", "en")
# How far back the first page tells of incidents that are over.
_RECENT = timedelta(days=14)
_TEMPLATES = "incidents/status/site"
_TOKENS = re.compile(r"--sk-[\w-]+:[^;]+;")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies: its language, its name, and the way from it back to the root (`../`)."""

    language: str
    name: str

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages the page is there."""
        return LANGUAGES

    @property
    def root(self) -> str:
        """The relative way to the root."""
        return "../" * self.name.count("/")

    @property
    def home(self) -> str:
        """The relative way to the folder of the language."""
        return f"{self.root}{self.language}/"

    @property
    def other(self) -> str:
        """The same page in the other language."""
        other = next(language for language in LANGUAGES if language != self.language)
        inside = self.name.partition("/")[2] if "/" in self.name else "index.html"
        return f"{self.root}{other}/{inside}"


def render(document: StatusDocument, *, now: datetime | None = None) -> dict[str, bytes]:
    """Every file by its name, in the order in which they are to be put in place.

    `now` decides whether the pages say that they are too old; by default they are as of their document.
    """
    stale = document.is_stale(now or document.generated_at)
    sheet_name, sheet = _style_sheet()
    files = {sheet_name: sheet, "mark.svg": _static("img/mark.svg")}
    for place, template, context in _pages(document):
        with translation.override(place.language), timezone.override(ZONE):
            words = {
                "document": document,
                "place": place,
                "sheet": sheet_name,
                "stale": stale,
                "headline": headline(document, stale=stale),
                "subscribe": f"{document.home}/status/subscribe/",
                **context,
            }
            files[place.name] = render_to_string(f"{_TEMPLATES}/{template}", words).encode()
    for language in LANGUAGES:
        with translation.override(language):
            files[f"{language}/feed.atom"] = feeds.atom(document, language)
            files[f"{language}/feed.json"] = feeds.json_feed(document, language)
    files[DOCUMENT] = document.to_json()
    return files


def _pages(document: StatusDocument) -> Iterator[tuple[Place, str, dict[str, Any]]]:
    """Pages that others name come first."""
    for language in LANGUAGES:
        for incident in document.incidents:
            yield Place(language, incident_page(language, incident)), "incident.html", {"incident": incident}
        yield Place(language, f"{language}/history.html"), "history.html", {"incidents": document.incidents}
    first = {
        "open_incidents": [one for one in document.incidents if one.is_open],
        "recent_incidents": [
            one
            for one in document.incidents
            if one.ended_at is not None and document.generated_at - one.ended_at < _RECENT
        ],
        "ahead": [one for one in document.maintenance if one.state in {"announced", "under_way"}],
    }
    for language in LANGUAGES:
        yield Place(language, f"{language}/index.html"), "index.html", first
    yield Place("en", "index.en.html"), "index.html", first
    yield Place("ja", "index.html"), "index.html", first


def incident_page(language: str, incident: PublicIncident) -> str:
    """The name of the page of one incident."""
    return f"{language}/incidents/{incident.number}.html"


@cache
def _style_sheet() -> tuple[str, bytes]:
    """Our colours, then the sheet of the page, under a name that changes with the content."""
    tokens = "".join(_TOKENS.findall(_static("css/sekisho.css").decode().partition("--tblr")[0]))
    content = f":root{{{tokens}}}\n".encode() + _static("css/status.css")
    return f"status-{hashlib.sha256(content).hexdigest()[:12]}.css", content


def _static(name: str) -> bytes:
    """A file of the product. From its source: this runs where nothing was collected, too."""
    return (Path(settings.BASE_DIR) / "static" / name).read_bytes()
