"""`make bench-notices`: a mail to everybody of every company, also with kill -9 in the middle; the status page."""

import argparse
import os
from importlib import import_module
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django

from benchmarks.reporting import Result, open_console, print_surroundings, surroundings, write_json
from benchmarks.server import exit_orderly, product_database, server_version


def main() -> None:
    """Measure the chosen parts."""
    options = _options()
    exit_orderly()
    django.setup()
    console = open_console()
    found = surroundings(server_version())
    print_surroundings(console, found)
    results: list[Result] = []
    with product_database():
        for part in options.parts:
            made = import_module(f"benchmarks.notices.{part}").measure(options)
            for result in made:
                result.print(console)
            results += made
    if options.json:
        write_json(options.json, found, results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notices", description=__doc__)
    parts = ["mailing", "status"]
    parser.add_argument("parts", nargs="*", default=parts, help=", ".join(parts))
    parser.add_argument("--companies", type=int, default=10_000, help="companies that are told")
    parser.add_argument("--people", type=int, default=5, help="people of each, all of whom are told")
    parser.add_argument("--timeout", type=int, default=15, help="EMAIL_TIMEOUT, by which claims last")
    parser.add_argument("--minute", type=float, default=60, help="seconds after which the schedule looks again")
    parser.add_argument("--rounds", type=int, default=300, help="of requests, for each side of the status page")
    parser.add_argument("--seconds", type=float, default=60, help="longest time for these rounds")
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
