"""Where the running code was called from: address, browser, session, request id (G1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID


@dataclass(slots=True)
class Origin:
    """The origin of the work at hand. Empty for jobs and commands."""

    ip: str | None = None
    user_agent: str = ""
    request_id: str = ""
    session_id: UUID | None = None
    # Whether a refusal of the work at hand is on record, so that none is recorded twice and none not at all.
    refusal_recorded: bool = False


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin:
    """The origin of the work at hand."""
    return _origin.get() or Origin()


@contextmanager
def origin(value: Origin) -> Iterator[Origin]:
    """Work on behalf of that origin inside the block."""
    token = _origin.set(value)
    try:
        yield value
    finally:
        _origin.reset(token)
