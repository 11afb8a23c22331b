"""Handing out contents (D7) (ASVS 3.2.1, 3.5.4)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from documents.models import Document
from tenants.isolation.context import current_tenant_id
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.documents.making import add_file, events_of
from tests.factories.people import Person
from vault.errors import ObjectUnreadable, StoreUnavailable
from vault.stores import LocalStore

pytestmark = pytest.mark.django_db

LARGE = bytes(range(256)) * (5 * 1024 * 1024 // 256)


def stored(person: Person, path: str, *contents: bytes) -> Document:
    """A document with these versions."""
    with tenant_transaction(person.tenant.id):
        for content in contents:
            add_file(path, content)
        return Document.objects.get()


def url_of(document: Document, number: int | None = None) -> str:
    """Where it is downloaded, the current version or an earlier one."""
    if number is None:
        return reverse("documents:download", args=[document.id])
    return reverse("documents:download_version", args=[document.id, number])


def the_object(folder: Path) -> Path:
    """The only stored object, as a file of the store."""
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    return path


def pieces_of(answer: HttpResponseBase) -> Iterator[bytes]:
    """The content as it is streamed."""
    assert isinstance(answer, StreamingHttpResponse)
    return iter(answer.streaming_content)  # type: ignore[arg-type]  # never an asynchronous one here


def collect(answer: HttpResponseBase, into: bytearray) -> None:
    """Receive as much as comes."""
    for piece in pieces_of(answer):
        into += piece


@pytest.mark.parametrize("content", [b"", b"x", LARGE], ids=["empty", "small", "large"])
def test_what_went_in_comes_out(cast: Cast, content: bytes) -> None:
    """D7: every byte, with its length announced."""
    document = stored(cast.reader, "a/報告.bin", content)
    answer = cast.reader.client().get(url_of(document))
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(content))
    assert answer.getvalue() == content
    assert events_of(cast.reader.tenant)[-1] == ("documents.file.downloaded", "rob", "a/報告.bin")


def test_each_version_has_its_own_download(cast: Cast) -> None:
    """D1: earlier ones stay."""
    document = stored(cast.reader, "a.txt", b"one", b"two")
    client = cast.reader.client()
    assert [client.get(url_of(document, n)).getvalue() for n in (1, 2, None)] == [b"one", b"two", b"two"]
    for missing in (0, 3, 10**30):
        assert client.get(url_of(document, missing)).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("page.html", b"<!DOCTYPE html><script>alert(document.cookie)</script>", "application/octet-stream"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "application/octet-stream"),
        ("note.txt", b"text", "application/octet-stream"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png"),
    ],
)
def test_nothing_is_ever_shown_in_the_origin_of_the_product(
    cast: Cast, name: str, content: bytes, content_type: str
) -> None:
    """D7: always an attachment, never a type that runs, and a sandbox should a browser show it nevertheless."""
    answer = cast.reader.client().get(url_of(stored(cast.reader, name, content)))
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("請求書.pdf", "attachment; filename*=utf-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf"),
        ('a"b.pdf', 'attachment; filename="a\\"b.pdf"'),
        ("a; filename=b.exe", 'attachment; filename="a; filename=b.exe"'),
        ("👩.png", "attachment; filename*=utf-8''%F0%9F%91%A9.png"),
    ],
)
def test_names_reach_the_browser_as_they_are(cast: Cast, name: str, disposition: str) -> None:
    """RFC 5987 for what is not ASCII; a name cannot add a parameter of its own."""
    answer = cast.reader.client().get(url_of(stored(cast.reader, name, b"x")))
    assert answer["Content-Disposition"] == disposition


def test_a_look_at_the_headers_is_no_download(cast: Cast) -> None:
    """HEAD has the headers, no content, and no entry of a download."""
    document = stored(cast.reader, "a.txt", b"content")
    answer = cast.reader.client().head(url_of(document))
    assert (answer.status_code, answer["Content-Length"], answer.getvalue()) == (200, "7", b"")
    assert events_of(cast.reader.tenant, "documents.file.downloaded") == []


def test_the_stream_holds_no_transaction_and_no_tenant(cast: Cast) -> None:
    """DESIGN section 4: none stays open while a response is streamed, however slow the reader is."""
    document = stored(cast.reader, "a.bin", LARGE)
    blocks = len(connection.savepoint_ids)
    answer = cast.reader.client().get(url_of(document))
    pieces = pieces_of(answer)
    assert next(pieces) == LARGE[: 256 * 1024]
    assert current_tenant_id() is None
    assert len(connection.savepoint_ids) == blocks
    assert sum(map(len, pieces)) == len(LARGE) - 256 * 1024


def test_who_may_download(cast: Cast) -> None:
    """A9, T1: the reader may; another company finds no such file, nobody is asked to log in, POST is no way."""
    url = url_of(stored(cast.reader, "a.txt", b"content"))
    assert cast.reader.client().get(url).status_code == 200
    assert cast.outsider.client().get(url).status_code == 404
    assert cast.operator.client().get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert cast.reader.client().post(url).status_code == 405
    assert events_of(cast.outsider.tenant) == []


# --- What cannot be read -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", [0, 40, 400, -1])
def test_a_forged_content_is_refused_with_a_page_and_on_record(cast: Cast, own_store: Path, place: int) -> None:
    """D7: not a byte of it goes out; the person and the audit log are told."""
    document = stored(cast.reader, "a.txt", b"content " * 50)
    path = the_object(own_store)
    forged = bytearray(path.read_bytes())
    forged[place] ^= 1
    path.write_bytes(forged)
    answer = cast.reader.client().get(url_of(document))
    assert answer.status_code == 500
    assert "damaged or missing" in answer.content.decode()
    assert b"content content" not in answer.content
    assert events_of(cast.reader.tenant)[-1] == ("documents.file.unreadable", "rob", "a.txt")


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_content_that_is_gone_or_of_another_document_is_refused(cast: Cast, own_store: Path, method: str) -> None:
    """D7: a content is bound to its name, so nobody can put one in the place of another."""
    with tenant_transaction(cast.reader.tenant.id):
        versions = [add_file("a.txt", b"harmless"), add_file("b.txt", b"the raise of everybody")]
    folder = own_store / str(cast.reader.tenant.id) / "documents"
    (folder / versions[0].object_name).unlink()
    url = reverse("documents:download", args=[versions[0].document_id])
    assert getattr(cast.reader.client(), method)(url).status_code == 500
    os.link(folder / versions[1].object_name, folder / versions[0].object_name)
    assert getattr(cast.reader.client(), method)(url).status_code == 500
    assert [event[0] for event in events_of(cast.reader.tenant)[-2:]] == ["documents.file.unreadable"] * 2


def test_a_forgery_further_on_breaks_the_download_off(cast: Cast, own_store: Path) -> None:
    """D7: what was announced does not come in full, so the browser keeps no file; the audit log has it."""
    document = stored(cast.reader, "a.bin", LARGE)
    path = the_object(own_store)
    content = path.read_bytes()
    for forged in (content[:-1], content[: 3 * 1024 * 1024], content[:-5] + b"\0" + content[-4:]):
        path.write_bytes(forged)
        answer = cast.reader.client().get(url_of(document))
        assert answer.status_code == 200
        received = bytearray()
        with pytest.raises(ObjectUnreadable):
            collect(answer, received)
        assert LARGE.startswith(received)
        assert len(received) < int(answer["Content-Length"])
    assert [event for event in events_of(cast.reader.tenant) if event[0] == "documents.file.unreadable"] == [
        ("documents.file.unreadable", "rob", "a.bin")
    ] * 3


def test_a_store_that_does_not_answer_is_said_to_be_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying again may help, and the page says that nothing is lost."""
    document = stored(cast.reader, "a.txt", b"content")

    def fail(_store: LocalStore, name: str) -> None:
        raise StoreUnavailable(name, "the disk is away")

    monkeypatch.setattr(LocalStore, "open", fail)
    answer = cast.reader.client().get(url_of(document))
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.content.decode()
    assert events_of(cast.reader.tenant)[-1] == ("documents.file.unreadable", "rob", "a.txt")
