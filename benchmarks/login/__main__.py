"""`make bench-login`: what a log-in costs beside one bare hash, and what a flood of log-ins costs everybody else."""

import argparse
import os
import random
from pathlib import Path
from statistics import median
from time import sleep
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
# The flood comes from one address; what is measured is the bound on hashing alone, not the counter that ends it.
os.environ["LOGIN_ADDRESS_FAILURES"] = str(10**9)

import django

from benchmarks.measuring import Side, interleaved, ratio, timed
from benchmarks.reporting import Result, milliseconds, open_console, print_surroundings, surroundings, write_json
from benchmarks.server import product_database, server_version

LOGIN_GOAL, FLOOD_GOAL = 1.15, 1.5
BARE = "bare hash"
_FULL_SECONDS = 1.0  # until every client has sent something


def main() -> None:
    """Measure both."""
    options = _options()
    django.setup()

    from benchmarks.login.flood import Page, flood, server
    from benchmarks.login.people import Someone

    console = open_console()
    found = surroundings(server_version())
    print_surroundings(console, found)
    chance = random.Random(options.seed)
    with product_database():
        someone = Someone.create()
        result = _beside_a_hash(someone, options, chance)
        result.print(console)
        with server() as port:
            under = _under_a_flood(Page(port, someone), flood(port, options.clients), options, chance)
        under.print(console)
    if options.json:
        write_json(options.json, found, [result, under])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.login", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="rounds of log-ins")
    parser.add_argument("--page-rounds", type=int, default=150, help="pages, quiet and in the flood")
    parser.add_argument("--clients", type=int, default=10, help="clients of the flood")
    parser.add_argument("--seconds", type=float, default=60, help="longest time for the rounds")
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    return parser.parse_args()


def _beside_a_hash(someone: Any, options: argparse.Namespace, chance: random.Random) -> Result:
    sides = {
        BARE: lambda _: someone.hash(),
        "log-in, right password": lambda _: someone.log_in(),
        "log-in, wrong password": lambda _: someone.fail("alice"),
        "log-in, unknown user": lambda _: someone.fail("nobody"),
        "log-in, unknown company": lambda _: someone.fail("nobody", company="NOBODY"),
    }
    times = interleaved(
        {name: Side(work, lambda: 0.0) for name, work in sides.items()},  # what the database does counts by the clock
        lambda: None,
        rounds=options.rounds,
        seconds=options.seconds,
        chance=chance,
    )
    result = Result("A log-in beside one bare hash with the same parameters", ("", "ms", "by the bare hash"))
    for name, taken in times.items():
        beside = ratio(taken.clock, times[BARE].clock, chance)
        middle = median(taken.clock)
        result.add(name, milliseconds(middle), str(beside), name=name, seconds=middle, ratio=beside)
    result.notes.append(f"Goal: everything but the hash costs at most {LOGIN_GOAL - 1:.0%} of it.")
    return result


def _under_a_flood(page: Any, flood: Any, options: argparse.Namespace, chance: random.Random) -> Result:
    for _ in range(10):
        page()
    quiet = [timed(page) for _ in range(options.page_rounds)]
    with flood as answers:
        sleep(_FULL_SECONDS)
        flooded = [timed(page) for _ in range(options.page_rounds)]
    found = ratio(flooded, quiet, chance)
    result = Result(f"A page beside {options.clients} clients that log in wrongly", ("", "ms", "by quiet"))
    result.add("quiet", milliseconds(median(quiet)), "1", name="quiet", seconds=median(quiet))
    result.add(
        "in the flood", milliseconds(median(flooded)), str(found), name="flood", seconds=median(flooded), ratio=found
    )
    counts = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))
    result.notes.append(f"Answers to the flood: {counts}. Goal: at most {FLOOD_GOAL} times the quiet median.")
    return result


if __name__ == "__main__":
    main()
