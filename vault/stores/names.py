"""Names of objects: one rule that is safe on every disk and in every bucket."""

import re

from vault.errors import InvalidName

# Segments start with a letter or a digit, so neither "..", "." nor a hidden file can be named, and what a store keeps
# for itself (".incoming") can never collide with an object.
_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._=-]{0,199}"
_NAME = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_PREFIX = re.compile(rf"(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?")
MAX_LENGTH = 512


def check_name(name: str) -> str:
    """The name itself, when it is one. Raises InvalidName."""
    if len(name) > MAX_LENGTH or not _NAME.fullmatch(name):
        raise InvalidName(name[:100].encode("unicode_escape").decode(), "is not a name that an object may have")
    return name


def check_prefix(prefix: str) -> str:
    """The prefix itself, when names can start with it; empty means every name. Raises InvalidName."""
    if len(prefix) > MAX_LENGTH or not _PREFIX.fullmatch(prefix):
        raise InvalidName(prefix[:100].encode("unicode_escape").decode(), "is not the beginning of a name")
    return prefix
