"""Names that can be unpacked everywhere, on Windows too, made from the names that people gave (R3).

A name that cannot stay as it is gets the end of its id behind it. So no list of the names in use has to be kept, each
time the same comes out, and two never become one. The index of the files tells which is which.
"""

import re
import unicodedata
from uuid import UUID

# What one name and one whole path may measure: 255 bytes is the limit of Linux, 260 characters that of Windows, and
# the folder into which it is unpacked has a name too.
NAME_BYTES = 200
FOLDER_CHARS = 110
_BAD = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_SUFFIX_CHARS = 12


def safe_name(name: str, key: UUID, *, taken: bool = False) -> str:
    """The name itself where it can be unpacked; else one like it with the end of `key`. `taken` says it cannot stay."""
    kept = unicodedata.normalize("NFC", name)
    made = _BAD.sub("_", kept).strip().rstrip(". ")
    if _RESERVED.match(made):
        made = f"_{made}"
    if made == kept and not taken and len(made.encode()) <= NAME_BYTES:
        return made
    stem, suffix = split_name(made)
    mark = f" ~{key.hex[-12:]}"
    return _cut(stem, NAME_BYTES - len(f"{mark}{suffix}".encode())).rstrip() + mark + suffix


def numbered(name: str, number: int) -> str:
    """The name of an older version: its number before the suffix."""
    stem, suffix = split_name(name)
    return f"{stem} (v{number}){suffix}"


def inside(folder: str, name: str) -> str:
    """The path of something in a folder; the top is empty."""
    return f"{folder}/{name}" if folder else name


def folder_path(parent: str, name: str, key: UUID, *, taken: bool = False) -> str:
    """The path of a folder; one that is too deep to be unpacked begins at the top again."""
    path = inside(parent, safe_name(name, key, taken=taken))
    return path if len(path) <= FOLDER_CHARS else f"~{key.hex[-12:]}"


def split_name(name: str) -> tuple[str, str]:
    """Stem and suffix; a suffix is short and not all of the name."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem and len(suffix) <= _SUFFIX_CHARS else (name, "")


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")
