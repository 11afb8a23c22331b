"""The page at `/status/` (N1): quick, in the reader's language, without the database, and honest about its age.

Nothing here may touch the database: these tests do not ask for it.
"""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory

from incidents.status.middleware import StatusPageMiddleware
from incidents.status.publishing import publish
from incidents.status.rendering import render
from incidents.status.store import StatusStore
from tests.incidents.status.documents import NOW, busy_document, quiet_document


def _beyond(_request: HttpRequest) -> HttpResponseBase:
    return HttpResponse("the application", status=404)


class Reader:
    """Somebody who looks at the page; the store is looked at anew for each request."""

    def __init__(self) -> None:
        self.middleware = StatusPageMiddleware(_beyond)

    def get(self, path: str, method: str = "GET", **headers: str) -> HttpResponse:
        if self.middleware._site is not None:
            self.middleware._site._checked = float("-inf")
        response = self.middleware(RequestFactory(headers=headers).generic(method, path))
        assert isinstance(response, HttpResponse)
        return response

    def text(self, path: str, **headers: str) -> str:
        return self.get(path, **headers).content.decode()


@pytest.fixture
def reader(store: StatusStore) -> Iterator[Reader]:
    with time_machine.travel(NOW, tick=False):
        publish(store, quiet_document(), render(quiet_document()))
        yield Reader()


def test_the_whole_application_serves_it_without_a_database(store: StatusStore) -> None:
    """N1: with every header of other pages, and not one statement."""
    now = datetime.now(UTC)
    publish(store, quiet_document(now), render(quiet_document(now)))
    response = Client().get("/status/", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    assert b"Everything is working" in response.content
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert Client().get("/status").headers["Location"] == "/status/"


@pytest.mark.parametrize(
    ("path", "asked", "language"),
    [
        ("/status/", "", "ja"),
        ("/status/", "fr", "ja"),
        ("/status/", "ja,en;q=0.8", "ja"),
        ("/status/", "fr,en-US;q=0.8,ja;q=0.5", "en"),
        ("/status/ja/", "en", "ja"),
        ("/status/en/", "ja", "en"),
        ("/status/en/history.html", "ja", "en"),
    ],
)
def test_language(reader: Reader, path: str, asked: str, language: str) -> None:
    """N1: a folder names its language; at the root it is the browser's, and Japanese for all others."""
    response = reader.get(path, **{"Accept-Language": asked})
    assert f'<html lang="{language}">' in response.content.decode()
    assert ("Accept-Language" in response.headers["Vary"]) is (path == "/status/")


def test_answers_are_small(reader: Reader) -> None:
    """N1: packed for who can unpack, and empty for who has it already."""
    plain, packed = reader.get("/status/ja/"), reader.get("/status/ja/", **{"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["Content-Encoding"] == "gzip"
    unchanged = reader.get("/status/ja/", **{"If-None-Match": plain.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_everything_else_goes_on(reader: Reader) -> None:
    """N1: only files of the page are answered; nothing else of the store, and no other method."""
    for path in ("/status/subscribe/", "/status/manifest.json", "/status/../settings.py", "/statuses/", "/"):
        assert reader.text(path) == "the application"
    assert reader.get("/status/", method="POST").status_code == 404


def test_a_new_page_is_seen(reader: Reader, store: StatusStore) -> None:
    """N1: what is published stands there with the next look, and what was withdrawn is gone."""
    publish(store, busy_document(), render(busy_document()))
    assert "INC-2026-0007" in reader.text("/status/en/incidents/INC-2026-0007.html")
    publish(store, quiet_document(), render(quiet_document()))
    assert reader.text("/status/en/incidents/INC-2026-0007.html") == "the application"


def test_the_store_may_be_away(reader: Reader, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """N1: what was there last is served on."""
    before = reader.text("/status/")
    (tmp_path / "page").rename(tmp_path / "elsewhere")
    (tmp_path / "page").write_bytes(b"")
    (tmp_path / "page").chmod(0)
    assert reader.text("/status/") == before


def test_a_page_that_nobody_renders_any_more_says_so(store: StatusStore) -> None:
    """N1: the worker is dead, the web server is not: after five minutes the page says that it is old."""
    publish(store, quiet_document(), render(quiet_document()))
    reader = Reader()
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        assert "Everything is working" in reader.text("/status/en/")
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert "How the service does now is not known" in reader.text("/status/en/")
        again = replace(quiet_document(), generated_at=NOW + timedelta(minutes=6))
        publish(store, again, render(again))
        assert "Everything is working" in reader.text("/status/en/")
