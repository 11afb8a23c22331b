"""Names of folders and documents: the paths that a computer may send, and how names are found (D6)."""

import unicodedata
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from vault.filenames import clean_name

DEPTH_LIMIT = 20


class Place(NamedTuple):
    """Where a file belongs below some folder: the names of the folders on the way, then its own."""

    folders: tuple[str, ...]
    name: str


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
