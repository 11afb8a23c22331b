"""The type of a file by its content (D6)."""

import io
import zipfile

import pytest

from vault.filetypes import EMPTY, HEAD_BYTES, UNKNOWN, content_type_of

OFFICE = "application/vnd.openxmlformats-officedocument."
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)


def zipped(*entries: str) -> bytes:
    """A ZIP file with these entries."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            name, _, content = entry.partition("=")
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content or "content of the entry", kind)
    return memory.getvalue()


CASES = [
    (b"", "a.pdf", EMPTY),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a.txt", "application/pdf"),
    (b"%PDF-1.4\n1 0 obj\n", "plain-text.pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n" + bytes(20), "picture", "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a.exe", "image/jpeg"),
    (b"MZ\x90\x00" + bytes(60), "invoice.pdf", "application/vnd.microsoft.portable-executable"),
    (b"<!DOCTYPE html><script>alert(1)</script>", "harmless.png", "text/html"),
    (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "a.zip", OFFICE + "wordprocessingml.document"),
    (zipped("[Content_Types].xml", "xl/workbook.xml"), "a", OFFICE + "spreadsheetml.sheet"),
    (zipped("[Content_Types].xml", "ppt/presentation.xml"), "a", OFFICE + "presentationml.presentation"),
    (zipped("mimetype=application/vnd.oasis.opendocument.text"), "a", "application/vnd.oasis.opendocument.text"),
    (zipped("readme.txt"), "fake.docx", "application/zip"),
    (OLE, "old.xls", "application/vnd.ms-excel"),
    (OLE, "old.bin", "application/x-ole-storage"),
    ("名前,金額\r\n東京,100\r\n".encode(), "a.csv", "text/csv"),
    ("名前,金額\r\n東京,100\r\n".encode("utf-8-sig"), "a.csv", "text/csv"),
    ("名前,金額\r\n東京,100\r\n".encode("cp932"), "a.CSV", "text/csv"),
    ("議事録\n".encode("euc_jp"), "a", "text/plain"),
    ("議事録\n".encode("utf-16"), "a.txt", "text/plain"),
    (b"BM is how this note begins", "note.txt", "text/plain"),
    (b'{"a": 1}', "a.json", "application/json"),
    (bytes(range(256)), "a.txt", UNKNOWN),
    (b"\x01\x02\x03", "a.csv", UNKNOWN),
]


@pytest.mark.parametrize(("head", "name", "expected"), CASES, ids=[f"{case[1]}: {case[2][-24:]}" for case in CASES])
def test_the_content_decides(head: bytes, name: str, expected: str) -> None:
    """D6: the name only decides between what the content leaves open."""
    assert content_type_of(head, name) == expected


def test_a_letter_that_is_cut_off_at_the_end_of_the_head_is_no_noise() -> None:
    """A long text is seen by its first bytes only, and these may end within a letter."""
    text = ("x" + "東" * HEAD_BYTES).encode()[:HEAD_BYTES]
    with pytest.raises(UnicodeDecodeError):
        text.decode()
    assert content_type_of(text, "a.txt") == "text/plain"
