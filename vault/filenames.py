"""Names of files and folders: what a person may type or a computer send, and how it is kept (D6, N4)."""

import unicodedata
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NAME_LENGTH = 255

# Control characters, half of a surrogate pair, line and paragraph ends, and "format" characters: among these are the
# marks that turn the reading direction round, by which "annexe.txt" can be made to hide an ".exe". Private-use
# characters stay allowed (Japanese gaiji), and so do unassigned ones: they may be next year's emoji.
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}  # harmless, and needed by emoji and some scripts
_SEPARATORS = {"/", "\\"}
_NAMELESS = "file"


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


def made_safe(text: str) -> str:
    """A name that can be kept whatever was sent: without folders and invisible characters, cut to its length.

    For files whose name matters little, so that nobody has to rename one to send it. The ending stays.
    """
    last = text.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", "".join(char for char in last if not _is_invisible(char))).strip(". ")
    suffix = PurePosixPath(name).suffix[:20]
    return (name.removesuffix(suffix)[: NAME_LENGTH - len(suffix)] + suffix) or _NAMELESS
