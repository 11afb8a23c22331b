"""Entries on their way: from the request to the broker, in batches and by a thread of their own (G6).

A request hands its entry over and goes on; nothing here waits for the broker, and nothing fails with it. What a process
holds when it is killed is lost, and so is what exceeds the capacity while the broker is away: a request log may lose
entries, the product may not lose requests.
"""

import atexit
import logging
import os
import threading
from collections import deque
from functools import cache

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

KEY = "sekisho:requests"
# What waits at most: in a process while the broker is away, and in the broker while no worker is there to store it.
CAPACITY = 10_000
CAPACITY_OF_BROKER = 500_000
_SECONDS = 1.0
_TIMEOUT_SECONDS = 2


@cache
def broker() -> "redis.Redis":
    """The connection to the broker; no call on it takes long."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=_TIMEOUT_SECONDS, socket_timeout=_TIMEOUT_SECONDS
    )


class Buffer:
    """The entries of one process; the oldest go first, and are the first to be lost."""

    def __init__(self, *, key: str = KEY, capacity: int = CAPACITY, seconds: float = _SECONDS) -> None:
        self._key, self._seconds = key, seconds
        self._waiting: deque[str] = deque(maxlen=capacity)
        self._starting, self._sending = threading.Lock(), threading.Lock()
        self._thread_of: int | None = None
        self._is_broken = False

    def put(self, entry: str) -> None:
        """Take an entry along; returns at once."""
        self._waiting.append(entry)
        if self._thread_of == os.getpid():
            return
        with self._starting:  # the first entry of the process; a fork takes no threads along
            if self._thread_of != os.getpid():
                self._thread_of = os.getpid()
                threading.Thread(target=self._run, name="request-log", daemon=True).start()
                atexit.register(self.flush)

    def flush(self) -> None:
        """Hand over what waits. Without a broker it goes on waiting."""
        with self._sending:
            batch = list(self._waiting)
            if not batch:
                return
            try:
                with broker().pipeline() as pipeline:
                    pipeline.rpush(self._key, *batch)
                    pipeline.ltrim(self._key, -CAPACITY_OF_BROKER, -1)
                    pipeline.execute()
            except (redis.RedisError, OSError):
                if not self._is_broken:
                    logger.exception("The request log waits: the broker does not answer")
                self._is_broken = True
                return
            self._is_broken = False
            for entry in batch:
                # What came meanwhile may have pushed the first ones out.
                if self._waiting and self._waiting[0] is entry:
                    self._waiting.popleft()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._seconds):
            self.flush()


@cache
def buffer() -> Buffer:
    """The buffer of this process."""
    return Buffer()
