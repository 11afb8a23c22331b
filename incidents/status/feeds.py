"""Atom and JSON feeds of what is public: one entry for each report and each announced maintenance (N1, N6)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from incidents.status.document import StatusDocument, Text
from incidents.status.words import label

_ATOM = "http://www.w3.org/2005/Atom"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
# So many a feed; readers come by often, and whoever wants the past looks at the pages.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication: its key for good, where it is to be read, what, when."""

    key: str
    address: str
    title: str
    at: datetime
    body: str


def entries(document: StatusDocument, language: str) -> list[Entry]:
    """The newest publications, newest first, in that language."""
    found = [*_reports(document, language), *_maintenance(document, language)]
    return sorted(found, key=lambda entry: (entry.at, entry.key), reverse=True)[:_MOST]


def _reports(document: StatusDocument, language: str) -> Iterator[Entry]:
    for incident in document.incidents:
        page = f"{document.page}{language}/incidents/{incident.number}.html"
        for report in incident.reports:
            title = f"[{label('report', report.kind)}] {_said(incident.title, language)}"
            address = f"{page}#{report.kind}-{report.number}"
            yield Entry(address, address, title, report.published_at, _said(report.body, language))


def _maintenance(document: StatusDocument, language: str) -> Iterator[Entry]:
    page = f"{document.page}{language}/index.html"
    for one in document.news:
        address = f"{page}#maintenance-{one.maintenance}"
        yield Entry(
            f"{page}#news-{one.id}", address, _said(one.title, language), one.published_at, _said(one.body, language)
        )


def atom(document: StatusDocument, language: str) -> bytes:
    """The feed as Atom (RFC 4287)."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed", {"xml:lang": language})
    address = f"{document.page}{language}/feed.atom"
    found = entries(document, language)
    _add(feed, "id", address)
    _add(feed, "title", _title(document))
    _add(feed, "updated", _stamp(found[0].at if found else document.generated_at))
    ET.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "self", "href": address})
    ET.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "alternate", "href": f"{document.page}{language}/index.html"})
    _add(ET.SubElement(feed, f"{{{_ATOM}}}author"), "name", document.product)
    for each in found:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, "id", each.key)
        _add(entry, "title", each.title)
        _add(entry, "updated", _stamp(each.at))
        _add(entry, "published", _stamp(each.at))
        ET.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "href": each.address})
        _add(entry, "content", each.body).set("type", "text")
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def json_feed(document: StatusDocument, language: str) -> bytes:
    """The same as JSON Feed 1.1."""
    feed = {
        "version": _JSON_FEED,
        "title": _title(document),
        "language": language,
        "home_page_url": f"{document.page}{language}/index.html",
        "feed_url": f"{document.page}{language}/feed.json",
        "authors": [{"name": document.product}],
        "items": [
            {
                "id": each.key,
                "url": each.address,
                "title": each.title,
                "content_text": each.body,
                "date_published": _stamp(each.at),
            }
            for each in entries(document, language)
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _title(document: StatusDocument) -> str:
    return _("Status of %(product)s") % {"product": document.product}


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_ATOM}}}{name}")
    # XML has no control characters, whatever somebody has pasted.
    child.text = "".join(char for char in text if char.isprintable() or char in "\n\t")
    return child


def _said(text: Text, language: str) -> str:
    return (text.en or text.ja) if language == "en" else text.ja


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
