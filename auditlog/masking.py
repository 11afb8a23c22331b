"""Secrets never reach the log: masked at every depth, by the name of their key (G7)."""

from collections.abc import Mapping
from typing import Any

MASK = "********"
_SECRET_WORDS = (
    "password",
    "passwd",
    "secret",
    "token",
    "cookie",
    "authorization",
    "credential",
    "private_key",
    "seed",
)


def masked(value: Any) -> Any:
    """A copy fit for JSON with every secret masked; other types become text."""
    if isinstance(value, Mapping):
        return {str(key): MASK if _is_secret(str(key)) else masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _is_secret(key: str) -> bool:
    lowered = key.lower().replace("-", "_")
    return any(word in lowered for word in _SECRET_WORDS)
