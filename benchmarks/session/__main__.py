"""`make bench-session`: what stands between a request and its view, and what each part of it costs."""

import argparse
import os
import random
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django

from benchmarks.measuring import Side, interleaved
from benchmarks.reporting import Result, milliseconds, open_console, print_surroundings, surroundings, write_json
from benchmarks.server import exit_orderly, product_database, server_version

GOAL = 0.005  # seconds


def main() -> None:
    """Measure the whole way, then its part in the database."""
    options = _options()
    exit_orderly()
    django.setup()

    from benchmarks.login.people import Someone
    from benchmarks.session.layers import by_middleware, by_step

    console = open_console()
    found = surroundings(server_version())
    print_surroundings(console, found)
    with product_database():
        someone = Someone.create()
        cookie = someone.session()
        whole = _measured("The way to a view, one middleware after the other", by_middleware(cookie), options)
        parts = _measured("Of TenantRequestMiddleware, what the database does", by_step(someone.user, cookie), options)
    for key, unit in (("seconds", "by the clock"), ("processor", "by processor time")):
        cost = whole.numbers[-1][key] - whole.numbers[0][key]
        verdict = "met" if cost <= GOAL else "missed"
        whole.notes.append(f"All together {milliseconds(cost)} ms {unit}; goal, at most 5 ms: {verdict}.")
    for result in (whole, parts):
        result.print(console)
    if options.json:
        write_json(options.json, found, [whole, parts])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.session", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000, help="requests through each number of layers")
    parser.add_argument("--seconds", type=float, default=60, help="longest time for the rounds")
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    return parser.parse_args()


def _measured(title: str, sides: dict[str, Callable[[Any], None]], options: argparse.Namespace) -> Result:
    """Each side does what the one before does, and more; its own cost is the difference of the medians."""
    times = interleaved(
        {name: Side(work, lambda: 0.0) for name, work in sides.items()},
        lambda: None,
        rounds=options.rounds,
        seconds=options.seconds,
        chance=random.Random(options.seed),
    )
    result, before = Result(title, ("", "so far, ms", "its own", "processor, ms", "its own")), (0.0, 0.0)
    for name, taken in times.items():
        now = median(taken.clock), taken.processor / len(taken.clock)
        own = [f"{(later - earlier) * 1000:.2f}" for later, earlier in zip(now, before, strict=True)]
        cells = milliseconds(now[0]), own[0], milliseconds(now[1]), own[1]
        result.add(name, *cells, name=name, seconds=now[0], processor=now[1])
        before = now
    result.notes.append("processor: of this process, whatever else runs on the machine")
    return result


if __name__ == "__main__":
    main()
