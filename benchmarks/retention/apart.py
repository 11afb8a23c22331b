"""Work in a process of its own, as a worker does it: beside pages, and with memory that is its own."""

import multiprocessing
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections

Submit = Callable[..., "Future[dict[str, Any]]"]


@contextmanager
def apart() -> Iterator[Submit]:
    """One process for the block; it begins with the first work, and takes no connection of this one with it."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:

        def submit(work: Callable[..., dict[str, Any]], *arguments: object) -> "Future[dict[str, Any]]":
            connections.close_all()
            return pool.submit(work, *arguments)

        yield submit


def peak() -> float:
    """The most memory that this process has had, in MiB. Not by getrusage: that counts what it was forked from."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
