"""Values of any shape, made fit for JSON, small enough for the log and without secrets (G7)."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from auditlog.masking.keys import is_secret
from auditlog.masking.texts import MASK, masked_text

# Of the `before` or `after` of one event, roughly in characters of its JSON; of one text in it; of nesting.
MOST_CHARACTERS = 32_768
LONGEST_TEXT = 4_000
DEEPEST = 16
CUT = "…"

# A secret that the cut divides could no longer be recognised, so more is looked at than is kept.
_MARGIN = 2_000
_LARGEST_NUMBER = 2**63
_NAMES = ("name", "key", "field", "header", "parameter", "setting", "名前", "項目")
_VALUES = frozenset({"value", "values", "content", "text", "old", "new", "before", "after", "値", "変更前", "変更後"})
# Of a pair that stands alone these are names; in a list of pairs all first halves are.
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})


def masked(value: Any) -> Any:
    """A copy fit for JSON: secrets masked at every depth, other types as text, what is too much cut off with a mark."""
    return _Copy().of(value, 0)


class _Copy:
    """One copy, with the number of characters that it may still have; so it ends for every cycle as well."""

    def __init__(self) -> None:
        self._left = MOST_CHARACTERS

    def of(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool):
            return self._paid(value, 5)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int) and -_LARGEST_NUMBER <= value < _LARGEST_NUMBER:
            return self._paid(int(value), 10)
        if isinstance(value, float) and math.isfinite(value):
            return self._paid(float(value), 10)
        if depth >= DEEPEST or self._left <= 0:
            return self._paid(CUT, 6)
        return self._paid(self._composed(value, depth + 1), 4)

    def _composed(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self._mapping(dict(zip(value._fields, value, strict=True)), depth)
        if isinstance(value, list | tuple):
            return self._sequence(value, depth)
        if isinstance(value, set | frozenset):
            return self._sequence(sorted(value, key=str), depth)
        if isinstance(value, int):
            return self._paid(f"({value.bit_length()} bits)", 20)
        if isinstance(value, bytes | bytearray | memoryview):
            return self._paid(f"({len(value)} bytes)", 20)
        if _shows_its_fields(value):
            return self._mapping({field.name: getattr(value, field.name) for field in dataclasses.fields(value)}, depth)
        return self._text(str(value))

    def _mapping(self, mapping: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        named = _is_named_secret(mapping)
        for done, (key, value) in enumerate(mapping.items()):
            if self._left <= 0:
                copy[CUT] = f"+{len(mapping) - done}"
                break
            name = _name(key)
            copy[self._text(name)] = self._or_mask(value, is_secret(name) or (named and name in _VALUES), depth)
        return copy

    def _sequence(self, values: Sequence[Any], depth: int) -> list[Any]:
        if _is_pair(values) and _name(values[0]).lower() in _HEADERS:
            return [self._text(_name(values[0])), self._or_mask(values[1], True, depth)]
        pairs = all(map(_is_pair, values))
        copy: list[Any] = []
        for done, value in enumerate(values):
            if self._left <= 0:
                copy.append(f"{CUT} +{len(values) - done}")
                break
            copy.append(self._pair(value, depth) if pairs else self.of(value, depth))
        return copy

    def _pair(self, pair: Sequence[Any], depth: int) -> list[Any]:
        name = _name(pair[0])
        return [self._text(name), self._or_mask(pair[1], is_secret(name), depth + 1)]

    def _or_mask(self, value: Any, secret: bool, depth: int) -> Any:
        # A yes or no gives nothing away, and that there is nothing is worth knowing.
        if secret and not (value is None or isinstance(value, bool)):
            return self._paid(MASK, len(MASK))
        return self.of(value, depth)

    def _text(self, text: str) -> str:
        clean = masked_text(text[: LONGEST_TEXT + _MARGIN])
        if len(text) > LONGEST_TEXT + _MARGIN:
            clean = clean[: max(0, len(clean) - _MARGIN)]
        kept = clean[: max(0, min(LONGEST_TEXT, self._left))]
        if len(kept) < len(clean) or len(text) > LONGEST_TEXT + _MARGIN:
            kept = f"{kept}{CUT} +{len(text) - len(kept)}"
        self._left -= len(kept) + 4
        return _storable(kept)

    def _paid(self, value: Any, price: int) -> Any:
        self._left -= price
        return value


def _shows_its_fields(value: Any) -> bool:
    """Whether its text is made of all of its fields: somebody who writes a text of its own thinks about that."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type) and type(value).__str__ is object.__str__


def _is_named_secret(mapping: Mapping[Any, Any]) -> bool:
    """Whether it is one setting, header or field with a name beside its value: `{"name": "password", "value": …}`."""
    names = (mapping.get(key) for key in _NAMES)
    return any(isinstance(name, str | bytes) and is_secret(_name(name)) for name in names)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str | bytes)


def _name(key: Any) -> str:
    return key.decode(errors="replace") if isinstance(key, bytes) else str(key)


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot keep in JSON: NUL and halves of surrogate pairs."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
