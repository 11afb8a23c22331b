"""Bounds how many password hashes are computed at once: each takes a processor, and login is open to everybody (A2)."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import ParamSpec, TypeVar

from django.conf import settings

_RETRY_SECONDS = 5
_NICE = 10

Given = ParamSpec("Given")
Result = TypeVar("Result")


class HashingBusy(Exception):  # noqa: N818
    """Too many wait for their turn already. `retry_after` is in seconds."""

    retry_after = _RETRY_SECONDS


class Gate:
    """Lets `slots` threads in at a time and `queue` more wait. A thread that is inside may enter again."""

    def __init__(self, *, slots: int, queue: int) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._places = threading.BoundedSemaphore(slots + queue)
        self._mine = threading.local()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Keep a place in the queue inside the block; raises HashingBusy when none is left."""
        if getattr(self._mine, "place", False):
            yield
            return
        if not self._places.acquire(blocking=False):
            raise HashingBusy
        self._mine.place = True
        try:
            yield
        finally:
            self._mine.place = False
            self._places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and keep it inside the block; raises HashingBusy when the queue is full."""
        if getattr(self._mine, "turn", False):
            yield
            return
        with self.place(), self._slots:
            self._mine.turn = True
            try:
                yield
            finally:
                self._mine.turn = False


@cache
def gate() -> Gate:
    """The gate of this process."""
    return Gate(slots=settings.HASHING_SLOTS, queue=settings.HASHING_QUEUE)


def behind_the_others(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Do the work in a thread that gets a processor when no page wants it, and return what it returns."""
    return _pool().submit(work, *args, **kwargs).result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.HASHING_SLOTS, "hashing", initializer=_step_back)


def _step_back() -> None:
    """Lower the priority of this thread; only Linux has one for each thread."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(_NICE, os.getpriority(os.PRIO_PROCESS, thread)))


# A forked process has the pool of its parent, but none of its threads.
os.register_at_fork(after_in_child=_pool.cache_clear)
