"""Bounds how many password hashes are computed at once: each takes a processor, and login is open to everybody (A2)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings

_RETRY_SECONDS = 5


class HashingBusy(Exception):  # noqa: N818
    """Too many wait for their turn already. `retry_after` is in seconds."""

    retry_after = _RETRY_SECONDS


class Gate:
    """Lets `slots` threads in at a time and `queue` more wait. A thread that is inside may enter again."""

    def __init__(self, *, slots: int, queue: int) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._places = threading.BoundedSemaphore(slots + queue)
        self._inside = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and keep it inside the block; raises HashingBusy when the queue is full."""
        if getattr(self._inside, "yes", False):
            yield
            return
        if not self._places.acquire(blocking=False):
            raise HashingBusy
        try:
            with self._slots:
                self._inside.yes = True
                try:
                    yield
                finally:
                    self._inside.yes = False
        finally:
            self._places.release()


@cache
def gate() -> Gate:
    """The gate of this process."""
    return Gate(slots=settings.HASHING_SLOTS, queue=settings.HASHING_QUEUE)
