"""Reading the fields of a manifest without believing them: each has its type, its form and its limits."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_MAX_COUNT = 2**62
_MAX_TEXT = 500


class Malformed(ValueError):  # noqa: N818 - it reads as the statement it is
    """A field is missing or is not what it should be; the text names it."""


class Fields:
    """One JSON object of the manifest. Every method raises Malformed."""

    def __init__(self, value: Any, name: str = "manifest") -> None:
        if not isinstance(value, dict):
            raise Malformed(name)
        self._value = value
        self._name = name

    def names(self) -> Iterable[str]:
        """The names of its fields."""
        return self._value.keys()

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in self._value

    def inner(self, name: str) -> "Fields":
        """An object in this one."""
        return Fields(self._value.get(name), name)

    def list_of(self, name: str) -> list["Fields"]:
        """A list of objects."""
        return [Fields(item, name) for item in self._typed(name, list)]

    def text(self, name: str) -> str:
        """Some text."""
        return _text(self._typed(name, str), name)

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [_text(item, name) for item in self._typed(name, list)]

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self._typed(name, bool))

    def count(self, name: str) -> int:
        """A number of things or bytes."""
        value = self._typed(name, int)
        if isinstance(value, bool) or not 0 <= value <= _MAX_COUNT:
            raise Malformed(name)
        return int(value)

    def identifier(self, name: str) -> str:
        """The name of a table."""
        return _matching(_IDENTIFIER, self._typed(name, str), name)

    def identifiers(self, name: str) -> list[str]:
        """The names of columns."""
        return [_matching(_IDENTIFIER, item, name) for item in self._typed(name, list)]

    def digest(self, name: str) -> str:
        """A SHA-256 in hexadecimal."""
        return _matching(_DIGEST, self._typed(name, str), name)

    def uuid(self, name: str) -> str:
        """A UUID in its usual form."""
        return _matching(_UUID, self._typed(name, str), name)

    def moment(self, name: str) -> datetime:
        """A time with its zone."""
        try:
            moment = datetime.fromisoformat(self._typed(name, str))
        except ValueError as error:
            raise Malformed(name) from error
        if moment.tzinfo is None:
            raise Malformed(name)
        return moment

    def _typed(self, name: str, kind: type) -> Any:
        value = self._value.get(name)
        if not isinstance(value, kind):
            raise Malformed(name)
        return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise Malformed(name)
    return value


def _matching(pattern: re.Pattern[str], value: Any, name: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Malformed(name)
    return value
