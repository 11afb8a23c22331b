"""Receiving files (D6, D7, T7)."""

import hashlib
import unicodedata
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from documents import uploads
from documents.models import DocumentVersion, Folder
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.documents.making import add_file, events_of, nothing_was_kept, objects_of, referenced_by, tree_of
from tests.documents.sending import (
    BOUNDARY,
    DROPZONE,
    TOKEN,
    body_of,
    browser_of,
    drop,
    field,
    file,
    said,
    send_body,
    submit,
    url_of,
)

pytestmark = pytest.mark.django_db


# --- What works --------------------------------------------------------------------------------------------------
def test_the_drop_zone_sends_a_file_with_its_path(cast: Cast) -> None:
    """D1, D7: missing folders are made, the content is encrypted, the rows say what came."""
    content = "名前,金額\n東京,100\n".encode()
    assert drop(cast.editor, "契約/2026/一覧.csv", content) == (200, {"ok": True, "name": "一覧.csv"})
    tenant = cast.editor.tenant
    assert tree_of(tenant) == {"契約/2026/一覧.csv": [content]}
    with tenant_transaction(tenant.id):
        version = DocumentVersion.objects.get()
        assert (version.size, version.content_type, version.number) == (len(content), "text/csv", 1)
        assert version.sha256 == hashlib.sha256(content).hexdigest()
        assert (version.uploaded_by, version.uploaded_by_name) == (cast.editor.user, "Erin")
    assert objects_of(tenant) == referenced_by(tenant)
    assert events_of(tenant)[-1] == ("documents.file.uploaded", "erin", "契約/2026/一覧.csv")


def test_the_store_holds_no_plain_text(cast: Cast, own_store: Path) -> None:
    """D7: what lies on the disk is ciphertext, under a name that tells nothing."""
    drop(cast.editor, "secret plan.txt", b"attack at dawn " * 100)
    stored = [path for path in own_store.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert b"attack" not in stored[0].read_bytes()
    assert "secret" not in str(stored[0])


def test_the_plain_form_sends_several_files(cast: Cast) -> None:
    """Without JavaScript: all files in one request, then the folder with a message."""
    with tenant_transaction(cast.editor.tenant.id):
        add_file("inbox/old.txt")
        folder = Folder.objects.get()
    answer = submit(cast.editor, file("a.txt", b"1"), file("b.txt", b""), file("old.txt", b"2"), folder_id=folder.id)
    assert (answer.status_code, answer["Location"]) == (303, reverse("documents:folder", args=[folder.id]))
    assert said(answer) == "3 files were saved."
    assert tree_of(cast.editor.tenant) == {
        "inbox/old.txt": [b"content", b"2"],
        "inbox/a.txt": [b"1"],
        "inbox/b.txt": [b""],
    }


def test_a_file_larger_than_every_buffer_arrives_whole(cast: Cast) -> None:
    """Chunks of the parser, segments of the cipher: no byte is lost at their borders."""
    content = bytes(range(256)) * (3 * 1024 * 1024 // 256) + b"\r\n--" + BOUNDARY.encode()[:-1] + b"\r\n"
    assert drop(cast.editor, "big.bin", content)[0] == 200
    assert tree_of(cast.editor.tenant) == {"big.bin": [content]}


@pytest.mark.parametrize(
    "name",
    [
        "請求書（株式会社青海商事）.pdf",
        "か\u3099 from macOS.txt",
        "👩‍👩‍👧.png",
        "R&amp;D &#12354;.txt",
        "C:important;file=1.txt",
        "x" * 255,
        "東" * 255,
    ],
)
def test_names_arrive_as_they_are(cast: Cast, name: str) -> None:
    """D6: NFC, and nothing else is done to a name, neither in the path nor in the file's own name."""
    assert drop(cast.editor, name)[0] == 200
    assert submit(cast.editor, file(name)).status_code == 303
    assert tree_of(cast.editor.tenant) == {unicodedata.normalize("NFC", name): [b"content", b"content"]}


# --- What is refused ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b.txt",
        "..",
        "C:\\windows\\system.ini",
        "a//b.txt",
        "annexe\u202etxt.exe",
        "nul\0.txt",
        "x" * 256,
        "/".join(["d"] * 21 + ["f"]),
    ],
)
def test_a_bad_path_is_refused_before_anything_is_stored(cast: Cast, path: str) -> None:
    """D6: no way out of the folder, no hidden characters; the person reads why."""
    status, answer = drop(cast.editor, path)
    assert (status, answer["ok"]) == (400, False)
    assert answer["error"]
    assert submit(cast.editor, file("good.txt"), file(path)).status_code == 303
    assert nothing_was_kept(cast.editor.tenant)


def test_all_or_nothing(cast: Cast) -> None:
    """One bad file of a form: none is kept, and the person is told."""
    with tenant_transaction(cast.editor.tenant.id):
        Folder(name="taken").save()
    answer = submit(cast.editor, file("a.txt"), file("b.txt"), file("taken"))
    assert said(answer) == "There is something called “taken” here already."
    assert tree_of(cast.editor.tenant) == {}
    assert objects_of(cast.editor.tenant) == []
    assert events_of(cast.editor.tenant) == [("documents.file.upload_refused", "erin", "")]


def test_a_refusal_is_recorded(cast: Cast) -> None:
    """G3: also what did not happen is on record, though the request was rolled back."""
    drop(cast.editor, "..")
    assert events_of(cast.editor.tenant) == [("documents.file.upload_refused", "erin", "")]


@pytest.mark.parametrize(
    "body",
    [
        body_of(field("csrfmiddlewaretoken", TOKEN)),
        body_of(field("csrfmiddlewaretoken", TOKEN), file("", b"")),
        body_of(field("csrfmiddlewaretoken", TOKEN), file("a.txt", name="other")),
        b"no multipart at all",
        f"--{BOUNDARY}\r\n".encode(),
    ],
)
def test_a_form_without_a_file_is_refused(cast: Cast, body: bytes) -> None:
    """Nothing chosen, another field, or no form at all: a message and no trace."""
    answer = send_body(browser_of(cast.editor), url_of(), body, headers={**DROPZONE, "x-csrftoken": TOKEN})
    assert answer.status_code == 400
    assert nothing_was_kept(cast.editor.tenant)


def test_a_body_that_is_no_form_is_refused(cast: Cast) -> None:
    """JSON, or a form in the other encoding."""
    client = browser_of(cast.editor)
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        answer = client.generic("POST", url_of(), b"files=a", content_type, headers={"x-csrftoken": TOKEN, **DROPZONE})
        assert answer.status_code == 400
    empty = {**DROPZONE, "content-length": "0", "x-csrftoken": TOKEN}
    assert send_body(browser_of(cast.editor), url_of(), b"", headers=empty).status_code == 400
    assert nothing_was_kept(cast.editor.tenant)


def test_a_body_without_a_length_is_refused(cast: Cast) -> None:
    """A body in chunks has no length to judge by, and Django would read nothing of it."""
    body = body_of(field("csrfmiddlewaretoken", TOKEN), file("a.txt"))
    answer = send_body(browser_of(cast.editor), url_of(), body, CONTENT_LENGTH="", headers=DROPZONE)
    assert answer.status_code == 411
    assert nothing_was_kept(cast.editor.tenant)


def test_a_body_that_ends_too_soon_leaves_nothing(cast: Cast) -> None:
    """D6: a broken connection, or a length that lies: the file is not complete, so it is not kept."""
    whole = body_of(field("csrfmiddlewaretoken", TOKEN), file("a.txt", b"1"), file("b.txt", b"x" * 100_000))
    for length in (len(whole) - 60_000, len(whole) - len(BOUNDARY) - 5):
        answer = send_body(browser_of(cast.editor), url_of(), whole[:length], headers=DROPZONE)
        assert answer.status_code == 400, length
        answer = send_body(browser_of(cast.editor), url_of(), whole, CONTENT_LENGTH=str(length), headers=DROPZONE)
        assert answer.status_code == 400, length
    assert nothing_was_kept(cast.editor.tenant)


def test_too_many_files_or_fields_are_refused(cast: Cast) -> None:
    """A form is a form, not a bulk loader."""
    assert submit(cast.editor, *[file(f"{n}.txt") for n in range(101)]).status_code == 303
    assert submit(cast.editor, *[field(f"f{n}", "x") for n in range(1100)]).status_code == 303
    assert nothing_was_kept(cast.editor.tenant)
    assert len(events_of(cast.editor.tenant, "documents.file.upload_refused")) == 2


# --- CSRF --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "parts",
    [
        (file("a.txt"),),
        (field("csrfmiddlewaretoken", "x" * 32), file("a.txt")),
        (field("csrfmiddlewaretoken", ""), file("a.txt")),
        (file("a.txt"), field("csrfmiddlewaretoken", TOKEN)),
    ],
    ids=["none", "wrong", "empty", "after the file"],
)
def test_without_the_token_not_a_byte_is_stored(
    cast: Cast, parts: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P1: the page is exempt from Django's check because it checks earlier: before the first byte of a file."""

    def must_not_begin() -> None:
        raise AssertionError("a content was begun")

    monkeypatch.setattr(uploads, "ContentWriter", must_not_begin)
    answer = send_body(browser_of(cast.editor), url_of(), body_of(*parts), headers=DROPZONE)  # type: ignore[arg-type]
    assert answer.status_code == 403
    assert nothing_was_kept(cast.editor.tenant)


def test_a_wrong_token_in_the_header_is_refused(cast: Cast) -> None:
    """P1: the drop zone's way."""
    headers = {**DROPZONE, "x-csrftoken": "y" * 32}
    answer = send_body(browser_of(cast.editor), url_of(), body_of(file("a.txt")), headers=headers)
    assert answer.status_code == 403
    client = browser_of(cast.editor)
    del client.cookies["sekisho_csrf"]
    answer = send_body(client, url_of(), body_of(file("a.txt")), headers={**DROPZONE, "x-csrftoken": TOKEN})
    assert answer.status_code == 403
    assert nothing_was_kept(cast.editor.tenant)


def test_a_form_of_another_site_is_refused(cast: Cast) -> None:
    """P1: the origin is looked at as well."""
    body = body_of(field("csrfmiddlewaretoken", TOKEN), file("a.txt"))
    answer = send_body(browser_of(cast.editor), url_of(), body, headers={**DROPZONE, "origin": "https://evil.example"})
    assert answer.status_code == 403
    assert nothing_was_kept(cast.editor.tenant)


# --- Who may -----------------------------------------------------------------------------------------------------
def test_who_may_upload(cast: Cast) -> None:
    """A9: the editor may; the reader is refused, strangers find no such folder, nobody is asked to log in."""
    with tenant_transaction(cast.editor.tenant.id):
        add_file("inbox/a.txt")
        folder = Folder.objects.get()
    body = body_of(field("csrfmiddlewaretoken", TOKEN), file("b.txt"))
    url = url_of(folder.id)
    assert send_body(browser_of(cast.reader), url, body).status_code == 403
    assert send_body(browser_of(cast.outsider), url, body).status_code == 404
    assert send_body(browser_of(cast.editor), url_of(uuid4()), body).status_code == 404
    assert send_body(Client(), url, body).status_code == 302
    assert browser_of(cast.editor).get(url).status_code == 405
    assert tree_of(cast.editor.tenant) == {"inbox/a.txt": [b"content"]}
    assert tree_of(cast.outsider.tenant) == {}
    assert send_body(browser_of(cast.editor), url, body).status_code == 303
    assert sorted(tree_of(cast.editor.tenant)) == ["inbox/a.txt", "inbox/b.txt"]
    assert len(objects_of(cast.editor.tenant, cast.outsider.tenant)) == 2
