"""Times of several sides of one thing, measured in turn, and what may be concluded from them."""

import gc
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

WARM_UP = 0.1  # part of the rounds that is thrown away
RESAMPLES = 500
CONFIDENCE = 0.95


def interleaved(
    sides: Mapping[str, Callable[[Any], object]],
    subject: Callable[[], Any],
    *,
    rounds: int,
    seconds: float,
    chance: random.Random,
) -> dict[str, list[float]]:
    """Seconds that each side took in each round; one index is one round.

    In each round all sides work on the same subject, in random order, so that neither a warm cache nor other work on
    the machine favours one of them. Ends early when the time is over.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    order = list(sides)
    with _without_collector():
        for _ in range(max(2, round(rounds * WARM_UP))):
            thing = subject()
            for name in order:
                sides[name](thing)
        deadline = perf_counter() + seconds
        for _ in range(rounds):
            thing = subject()
            chance.shuffle(order)
            for name in order:
                started = perf_counter()
                sides[name](thing)
                times[name].append(perf_counter() - started)
            if perf_counter() > deadline:
                break
    return times


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


def middle(seconds: Sequence[float]) -> float:
    """The median."""
    return statistics.median(seconds)


def undisturbed(seconds: Sequence[float]) -> float:
    """What a tenth of the rounds stays below: the time without the other work of a busy machine."""
    return sorted(seconds)[len(seconds) // 10]


def ratio(
    above: list[float], below: list[float], chance: random.Random, typical: Callable[[Sequence[float]], float] = middle
) -> Ratio:
    """The typical time of one side by that of the other; interval by bootstrap over the rounds, which pairs them."""
    rounds = range(len(above))
    drawn = sorted(
        typical([above[index] for index in sample]) / typical([below[index] for index in sample])
        for sample in (chance.choices(rounds, k=len(above)) for _ in range(RESAMPLES))
    )
    tail = round(RESAMPLES * (1 - CONFIDENCE) / 2)
    return Ratio(typical(above) / typical(below), drawn[tail], drawn[-tail - 1])


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    started = perf_counter()
    work()
    return perf_counter() - started
