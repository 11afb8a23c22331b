"""What the memory store (cache and broker) holds of a company: cached values, and messages that wait in queues (R1).

Names and messages carry the id of their company in the clear, so nothing needs to know who wrote them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import redis
from django.conf import settings

_SLICE = 1_000
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Found:
    """How many keys of the store, and how many messages in queues, name the company."""

    keys: int
    messages: int


def forget(tenant_id: UUID) -> None:
    """Remove all of it. Safe to repeat. Raises redis.RedisError."""
    with _store() as store:
        for name, kind in list(_names(store)):
            if _is_about(name, tenant_id) or (kind == b"string" and _is_about(store.get(name), tenant_id)):
                store.delete(name)
            elif kind == b"list":
                for message in list(_messages(store, name, tenant_id)):
                    store.lrem(name, 0, message)
            elif kind == b"hash":  # messages that a worker has taken and not confirmed
                for tag, message in list(store.hscan_iter(name, count=_SLICE)):
                    if _is_about(message, tenant_id):
                        store.hdel(name, tag)


def look(tenant_id: UUID, *canaries: str) -> Found:
    """Count what names the company, or holds one of the given words."""
    words = [str(tenant_id), tenant_id.hex, *canaries]
    keys = messages = 0
    with _store() as store:
        for name, kind in list(_names(store)):
            contents = (name, store.get(name)) if kind == b"string" else (name,)
            keys += any(_holds(content, word) for content in contents for word in words)
            if kind in {b"list", b"hash"}:
                held = _all_of(store, name) if kind == b"list" else (each for _tag, each in store.hscan_iter(name))
                messages += sum(any(_holds(message, word) for word in words) for message in held)
    return Found(keys, messages)


def _store() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=_TIMEOUT_SECONDS)


def _names(store: "redis.Redis") -> Iterator[tuple[bytes, bytes]]:
    for name in store.scan_iter(count=_SLICE):
        kind: Any = store.type(name)
        yield name, kind


def _messages(store: "redis.Redis", name: bytes, tenant_id: UUID) -> Iterator[bytes]:
    return (message for message in _all_of(store, name) if _is_about(message, tenant_id))


def _all_of(store: "redis.Redis", name: bytes) -> Iterator[bytes]:
    """A list in slices."""
    last = store.llen(name)
    for first in range(0, last, _SLICE):
        messages: Any = store.lrange(name, first, first + _SLICE - 1)
        yield from messages


def _is_about(content: bytes | None, tenant_id: UUID) -> bool:
    return _holds(content, str(tenant_id)) or _holds(content, tenant_id.hex)


def _holds(content: bytes | None, word: str) -> bool:
    return content is not None and word.encode() in content
