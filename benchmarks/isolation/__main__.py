"""`make bench-isolation`: what the wall between tenants costs a query and a page."""

import argparse
import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django
from django.db import connections

from benchmarks.measuring import interleaved, ratio, undisturbed
from benchmarks.reporting import Result, milliseconds, open_console, print_surroundings, surroundings, write_json
from benchmarks.server import product_database, server_version

QUERY_GOAL, PAGE_GOAL = 1.15, 1.05
WALL, TOLD, FILTER, RAW = "default", "told", "filter", "raw"
COLUMNS = {WALL: "wall", TOLD: "told, no policy", FILTER: "filter only", RAW: "raw SQL"}


def main() -> None:
    """Fill the tables twice and measure on both."""
    options = _options()
    django.setup()

    from benchmarks.isolation.dataset import Dataset
    from benchmarks.isolation.pages import forget_sessions, servers

    console = open_console()
    found = surroundings(server_version())
    print_surroundings(console, found)
    results: list[Result] = []
    with product_database(keep=options.keep), servers((WALL, FILTER)) as ports:
        for skewed in (False, True):
            dataset = Dataset(options.tenants, options.rows, skewed)
            with console.status(f"Filling {options.rows:,} documents of {options.tenants:,} tenants …"):
                dataset.fill()
            forget_sessions()
            for title, place in _places(dataset).items():
                with console.status(f"Measuring: {title} …"):
                    results.append(measure(title, place, ports, options))
                results[-1].print(console)
    if options.json:
        write_json(options.json, found, results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.isolation", description=__doc__)
    parser.add_argument("--tenants", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="documents of all tenants together")
    parser.add_argument("--rounds", type=int, default=1_000, help="rounds of each query")
    parser.add_argument("--page-rounds", type=int, default=500, help="rounds of the page")
    parser.add_argument("--seconds", type=float, default=30, help="longest time for the rounds of one query or page")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices")
    parser.add_argument("--breakdown", action="store_true", help="also without policies, but with SET LOCAL")
    parser.add_argument("--plans", action="store_true", help="add how the database carries the queries out")
    parser.add_argument("--keep", action="store_true", help="leave the database standing")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    return parser.parse_args()


def _places(dataset: Any) -> dict[str, Callable[[random.Random], Any]]:
    if not dataset.skewed:
        return {f"all tenants alike ({dataset.others:,} documents each)": dataset.any_place}
    return {
        f"the tenant with half of the rows ({dataset.largest:,})": dataset.place_in_largest,
        f"the others beside it ({dataset.others:,} each)": dataset.any_place,
    }


def measure(
    title: str, place: Callable[[random.Random], Any], ports: dict[str, int], options: argparse.Namespace
) -> Result:
    """The queries and the page, for places of one kind."""
    from benchmarks.isolation.queries import QUERIES, plan

    chance = random.Random(options.seed)
    arms = [WALL, *([TOLD] if options.breakdown else []), FILTER, RAW]
    result = Result(
        f"Milliseconds (median): {title}",
        ("", *(COLUMNS[arm] for arm in arms), "wall / filter", "undisturbed", "wall / raw", "rounds"),
    )
    plans = []
    for name in QUERIES:
        _add_row(result, name, arms, _time_query(name, arms, place, chance, options), chance)
        if options.plans:
            plans += [f"{name}:", *plan(name, place(chance))]
    _add_row(result, "page", arms, _time_page(place, chance, ports, options), chance)
    result.notes = [
        f"Goal, wall / filter: at most {QUERY_GOAL} for a query, {PAGE_GOAL} for the page over HTTP",
        f"by the medians: {_missed(result, 'wall_by_filter')}; undisturbed: {_missed(result, 'undisturbed')}",
        "undisturbed: of the times that a tenth of the rounds stay below; on a busy machine they say more",
        *plans,
    ]
    return result


def _missed(result: Result, measure: str) -> str:
    missed = [row["name"] for row in result.numbers if row[measure].value > row["goal"]]
    return f"missed by {', '.join(missed)}" if missed else "met"


def _time_query(
    name: str, arms: list[str], place: Callable[..., Any], chance: random.Random, options: argparse.Namespace
) -> dict[str, list[float]]:
    from benchmarks.isolation import queries

    sides = {arm: queries.raw(name) if arm == RAW else queries.through(name, arm) for arm in arms}
    example = place(chance)
    lengths = {arm: queries.extent(side(example)) for arm, side in sides.items()}
    if len(set(lengths.values())) != 1:
        raise RuntimeError(f"The sides of “{name}” do not see the same: {lengths}")
    times = interleaved(sides, partial(place, chance), rounds=options.rounds, seconds=options.seconds, chance=chance)
    connections.close_all()
    return times


def _time_page(
    place: Callable[..., Any], chance: random.Random, ports: dict[str, int], options: argparse.Namespace
) -> dict[str, list[float]]:
    from benchmarks.isolation.pages import Browser, log_in

    def logged_in() -> Any:
        found = place(chance)
        log_in(found)
        return found

    pages = {arm: Browser(port) for arm, port in ports.items()}
    return interleaved(pages, logged_in, rounds=options.page_rounds, seconds=options.seconds, chance=chance)


def _add_row(result: Result, name: str, arms: list[str], times: dict[str, list[float]], chance: random.Random) -> None:
    by_filter = ratio(times[WALL], times[FILTER], chance)
    calm = ratio(times[WALL], times[FILTER], chance, undisturbed)
    by_raw = ratio(times[WALL], times[RAW], chance) if RAW in times else None
    rounds = len(times[WALL])
    result.add(
        name,
        *(milliseconds(median(times[arm])) if arm in times else "" for arm in arms),
        str(by_filter),
        str(calm),
        str(by_raw or ""),
        f"{rounds:,}",
        name=name,
        goal=PAGE_GOAL if name == "page" else QUERY_GOAL,
        medians={arm: median(seconds) for arm, seconds in times.items()},
        wall_by_filter=by_filter,
        undisturbed=calm,
        wall_by_raw=by_raw,
        rounds=rounds,
    )


if __name__ == "__main__":
    main()
