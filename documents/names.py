"""Names of folders and documents: what a person may type or a computer send, and how it is kept and found (D6)."""

import unicodedata
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NAME_LENGTH = 255
DEPTH_LIMIT = 20

# Control characters, half of a surrogate pair, line and paragraph ends, and "format" characters: among these are the
# marks that turn the reading direction round, by which "annexe.txt" can be made to hide an ".exe". Private-use
# characters stay allowed (Japanese gaiji), and so do unassigned ones: they may be next year's emoji.
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}  # harmless, and needed by emoji and some scripts
_SEPARATORS = {"/", "\\"}


class Place(NamedTuple):
    """Where a file belongs below some folder: the names of the folders on the way, then its own."""

    folders: tuple[str, ...]
    name: str


def clean_name(text: str) -> str:
    """The name as it is stored: NFC (macOS sends NFD), no blanks around. Raises ValidationError with the reason."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise ValidationError(_("Give it a name."), code="empty")
    if name in {".", ".."}:
        raise ValidationError(_("“.” and “..” cannot be names."), code="dots")
    if _SEPARATORS & set(name):
        raise ValidationError(_("A name cannot contain / or \\."), code="separator")
    require_visible(name)
    if len(name) > NAME_LENGTH:
        raise ValidationError(
            _("The name has %(length)d characters; %(limit)d are allowed."),
            code="long",
            params={"length": len(name), "limit": NAME_LENGTH},
        )
    return name


def require_visible(text: str) -> None:
    """Raise ValidationError if there are characters in a line of text that nobody can see."""
    if any(map(_is_invisible, text)):
        raise ValidationError(_("It contains invisible control characters. Write it without them."), code="invisible")


def _is_invisible(char: str) -> bool:
    noncharacter = 0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE
    return noncharacter or (unicodedata.category(char) in _REFUSED_CATEGORIES and char not in _JOINERS)


def clean_place(path: str) -> Place:
    """The parts of a relative path with `/` between them, as browsers send it for a file of a chosen folder.

    Raises ValidationError for a path that leaves its folder, is absolute, too deep, or has a bad name in it.
    """
    parts = path.split("/")
    if len(parts) > DEPTH_LIMIT + 1:  # said before each part is looked at: a path may have a million
        raise too_deep()
    *folders, name = (clean_name(part) for part in parts)
    return Place(tuple(folders), name)


def too_deep() -> ValidationError:
    """The complaint about a folder below too many others."""
    return ValidationError(
        _("Folders can be nested %(limit)d deep, not deeper."), code="deep", params={"limit": DEPTH_LIMIT}
    )


def folded(text: str) -> str:
    """The text as it is searched: full-width and half-width, upper and lower case are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
