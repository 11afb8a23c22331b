"""What a file is, by its content (D6). The browser's word is not asked for; the name only decides between equals.

The answer is for people, for icons and for searching. Nothing is ever shown in the browser because of it.
"""

import codecs
import re
import unicodedata
from pathlib import PurePosixPath

import puremagic

HEAD_BYTES = 8192
UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"

# A signature of three bytes or fewer is found in plain texts and noise as well (puremagic: a tenth a byte).
_SURE = 0.4
_LIKELY = 0.3
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIP_PARTS = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)
_OLE_NAMES = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
}
_TEXT_NAMES = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json"}
# cp932 is what Japanese Windows calls Shift_JIS.
_ENCODINGS = ("utf-8-sig", "cp932", "euc_jp")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def content_type_of(head: bytes, name: str) -> str:
    """The content type of a file that starts with `head`, its first HEAD_BYTES (all of a shorter file)."""
    if not head:
        return EMPTY
    suffix = PurePosixPath(name.lower()).suffix
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(head)
    if head.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        return _OLE_NAMES.get(suffix, "application/x-ole-storage")
    if head.startswith(b"MZ") and b"\0" in head:
        return "application/vnd.microsoft.portable-executable"
    return (
        _by_signature(head, suffix, _SURE)
        or _text_type(head, suffix)
        or _by_signature(head, suffix, _LIKELY)
        or UNKNOWN
    )


def _zip_type(head: bytes) -> str:
    """OpenDocument names its type in its first entry, Office files are known by the folders inside."""
    if declared := re.match(rb"PK\x03\x04.{26}mimetype([a-z0-9.+/-]{1,90})", head, re.DOTALL):
        return declared[1].decode()
    return next((kind for part, kind in _ZIP_PARTS if part in head), "application/zip")


def _by_signature(head: bytes, suffix: str, confidence: float) -> str:
    try:
        found = [match for match in puremagic.magic_string(head) if match.mime_type and match.confidence >= confidence]
    except puremagic.PureError:
        return ""
    best = [match for match in found if match.confidence == found[0].confidence]
    named = [match for match in best if match.extension == suffix]
    return next((str(match.mime_type)[:100] for match in (*named, *best)), "")


def _text_type(head: bytes, suffix: str) -> str:
    encodings = ("utf-16",) if head.startswith(_UTF16_MARKS) else _ENCODINGS
    if any(_is_text(head, encoding) for encoding in encodings):
        return _TEXT_NAMES.get(suffix, "text/plain")
    return ""


def _is_text(head: bytes, encoding: str) -> bool:
    """Whether it is text of that encoding; the last character may be cut off."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return all(char in "\t\r\n\f" or unicodedata.category(char) != "Cc" for char in text)
