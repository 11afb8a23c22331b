"""Times of several sides of one thing, measured in turn, and what may be concluded from them."""

import gc
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

WARM_UP = 0.1  # part of the rounds that is thrown away
RESAMPLES = 500
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its work, and how much processor time its other processes have used up to now, in seconds."""

    work: Callable[[Any], object]
    elsewhere: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Times:
    """Of one side: seconds by the clock for each round, and processor seconds of all processes over all rounds.

    On a busy machine the clock runs for everybody; processor time is the side's own.
    """

    clock: list[float]
    processor: float


def interleaved(
    sides: Mapping[str, Side], subject: Callable[[], Any], *, rounds: int, seconds: float, chance: random.Random
) -> dict[str, Times]:
    """What each side took.

    In each round all sides work on the same subject, in random order, so that neither a warm cache nor other work on
    the machine favours one of them. Ends early when the time is over.
    """
    for _ in range(max(2, round(rounds * WARM_UP))):
        thing = subject()
        for side in sides.values():
            side.work(thing)
    clock: dict[str, list[float]] = {name: [] for name in sides}
    processor = {name: -side.elsewhere() for name, side in sides.items()}
    order, deadline = list(sides), perf_counter() + seconds
    with _without_collector():
        while len(clock[order[0]]) < rounds and perf_counter() < deadline:
            thing = subject()
            chance.shuffle(order)
            for name in order:
                used, started = process_time(), perf_counter()
                sides[name].work(thing)
                clock[name].append(perf_counter() - started)
                processor[name] += process_time() - used
    return {name: Times(clock[name], processor[name] + side.elsewhere()) for name, side in sides.items()}


def processor_time(process_ids: Iterable[int]) -> float:
    """Seconds that these processes have used the processor; Linux counts them to the nanosecond."""
    files = (file for number in process_ids for file in Path(f"/proc/{number}/task").glob("*/schedstat"))
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


@contextmanager
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of medians with its confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f}-{self.high:.2f})"


def ratio(above: list[float], below: list[float], chance: random.Random) -> Ratio:
    """Median of one side by median of the other; 95 % interval by bootstrap over the rounds, which pairs them."""
    rounds = range(len(above))
    drawn = sorted(
        median([above[index] for index in sample]) / median([below[index] for index in sample])
        for sample in (chance.choices(rounds, k=len(above)) for _ in range(RESAMPLES))
    )
    tail = round(RESAMPLES * (1 - CONFIDENCE) / 2)
    return Ratio(median(above) / median(below), drawn[tail], drawn[-tail - 1])


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    started = perf_counter()
    work()
    return perf_counter() - started
