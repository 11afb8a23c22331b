"""The files of the status page (N1): complete, in both languages, safe, and as old as they say."""

import json
import posixpath
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from django.test import override_settings

from incidents.status.days import days_of
from incidents.status.document import (
    DocumentUnreadable,
    Outage,
    StatusDocument,
)
from incidents.status.outage import empty_document
from incidents.status.rendering import render
from tests.incidents.status.documents import NOW, busy_document, quiet_document

ATOM = "{http://www.w3.org/2005/Atom}"


class Seen(HTMLParser):
    """The elements of a page, the addresses in it, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src"} and value:
                self.links.add(value)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def busy() -> dict[str, bytes]:
    with override_settings(PUBLIC_URL="https://sekisho.example", STATUS_URL="https://status.example/"):
        return render(busy_document())


def test_every_link_inside_leads_to_a_file(busy: dict[str, bytes]) -> None:
    """N1: links are relative and complete, so that any web server can serve the files from anywhere."""
    pages = {name: content for name, content in busy.items() if name.endswith(".html")}
    assert set(pages) >= {"index.html", "index.en.html", "ja/incidents/INC-2026-0007.html", "en/history.html"}
    for name, content in pages.items():
        for link in Seen(content).links:
            if not link.startswith(("https://", "http://", "#")):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
                assert target in busy, (name, link)


def test_nothing_runs_and_nothing_is_escaped_from(busy: dict[str, bytes]) -> None:
    """P1: no script, no style in the page, and what operators write is text; addresses in it become links."""
    for name, content in busy.items():
        if name.endswith(".html"):
            seen = Seen(content)
            assert not seen.tags & {"script", "style", "iframe", "form", "object"}
            assert not {a for a in seen.attributes if a.startswith("on") or a == "style"}
            assert b"default-src 'none'; style-src 'self'" in content
    english = Seen(busy["en/incidents/INC-2026-0007.html"])
    assert "<script>alert(1)</script>" in english.text
    assert "Documents cannot be <opened>" in english.text
    assert "https://example.com/x" in english.links


def test_both_languages(busy: dict[str, bytes]) -> None:
    """N1: each page in its language; where there is no English, the Japanese stands, and says what it is."""
    ja, en = busy["ja/index.html"].decode(), busy["en/index.html"].decode()
    assert '<html lang="ja">' in ja
    assert "サービスの一部が停止しています" in ja
    assert "文書を&lt;開く&gt;ことができません" in ja
    assert "次回報告" in ja
    assert '<html lang="en">' in en
    assert "A part of the service is down" in en
    assert re.search(r'<div lang="ja">\s*<p>原因を特定しました。</p>', en)
    assert "開く" not in en
    assert "2026-11-24 18:36 JST" in ja
    assert "2026-11-24 18:36 JST" in en
    assert busy["index.html"].decode().replace('"ja/', '"') == ja.replace('"../ja/', '"').replace('"../', '"')


def test_unknown_is_said(busy: dict[str, bytes]) -> None:
    """N8: hours that nobody watched are named, with their day, and counted beside the availability."""
    text = " ".join(Seen(busy["en/index.html"]).text.split())
    assert "not watched for 10 hours" in text
    assert "Availability 99.906 % (not watched: 10 hours)" in text
    days = days_of([], count=90, now=NOW)
    nothing = replace(
        empty_document(NOW), components=tuple(replace(one, days=days) for one in empty_document(NOW).components)
    )
    everything_unknown = render(nothing)["en/index.html"].decode()
    assert "Availability not known" in everything_unknown
    assert "The state of a part of the service is not known" in everything_unknown


def test_age_is_said() -> None:
    """N1: every page says as of when it is; one that is older than five minutes says that it tells nothing of now."""
    document = quiet_document()
    fresh, stale = (
        " ".join(Seen(render(document, now=NOW + timedelta(minutes=age))["en/index.html"]).text.split())
        for age in (5, 6)
    )
    assert "As of 2026-11-24 18:06 JST" in fresh
    assert "As of 2026-11-24 18:06 JST" in stale
    assert "Everything is working" in fresh
    assert "older than five minutes" not in fresh
    assert "Everything is working" not in stale
    assert "How the service does now is not known" in stale
    assert "older than five minutes" in stale


def test_an_outage_is_said_first() -> None:
    """N1: what the probe outside has seen stands above everything else."""
    seen = Outage(since=NOW - timedelta(minutes=3), seen_at=NOW)
    files = render(replace(quiet_document(), outage=seen))
    ja, en = files["index.html"].decode(), files["index.en.html"].decode()
    assert "サービスに接続できません" in ja
    assert "2026-11-24 18:03 JST" in ja
    assert "The service does not answer" in en
    assert "Everything is working" not in en
    assert json.loads(files["status.json"])["state"] == "down"


def test_feeds(busy: dict[str, bytes]) -> None:
    """N1, N6: each report and each announced maintenance is one entry, newest first, at an address for good."""
    feed = ET.fromstring(busy["en/feed.atom"])  # noqa: S314 - ours
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert ids == [
        "https://status.example/en/incidents/INC-2026-0007.html#update-2",
        "https://status.example/en/incidents/INC-2026-0007.html#first_notice-1",
        "https://status.example/en/index.html#news-n1",
    ]
    assert feed.findtext(f"{ATOM}updated") == "2026-11-24T08:26:00Z"
    items = json.loads(busy["ja/feed.json"])["items"]
    assert [item["title"] for item in items] == [
        "[続報] 文書を<開く>ことができません",
        "[第一報] 文書を<開く>ことができません",
        "メンテナンス：定期メンテナンス",
    ]
    assert items[0]["content_text"] == "原因を特定しました。"


def test_document_survives_the_file() -> None:
    """N1: whoever has `status.json` can render the same pages, and refuses what is none."""
    document = busy_document()
    assert StatusDocument.from_json(document.to_json()) == document
    assert render(StatusDocument.from_json(document.to_json())) == render(document)
    newer = {**json.loads(document.to_json()), "mood": "good"}
    assert StatusDocument.from_json(json.dumps(newer).encode()) == document
    for wrong in (b"", b"[]", b'{"format": "sekisho-status/2"}', document.to_json().replace(b'"product"', b'"p"')):
        with pytest.raises(DocumentUnreadable):
            StatusDocument.from_json(wrong)
