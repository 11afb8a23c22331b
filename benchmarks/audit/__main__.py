"""`make bench-audit`: what the audit log costs, part by part."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django

from benchmarks.reporting import Result, open_console, print_surroundings, surroundings, write_json
from benchmarks.server import exit_orderly, product_database, server_version


def main() -> None:
    """Measure the chosen parts, each in a database of its own."""
    options = _options()
    exit_orderly()
    django.setup()
    console = open_console()
    found = surroundings(server_version())
    print_surroundings(console, found)
    results: list[Result] = []
    for part in options.parts:
        with product_database():
            results += _parts()[part](options)
    for result in results:
        result.print(console)
    if options.json:
        write_json(options.json, found, results)


def _parts() -> dict[str, Callable[[Any], list[Result]]]:
    from benchmarks.audit import exporting, recording, sealing, viewing

    return {
        "recording": recording.measure,
        "sealing": sealing.measure,
        "export": exporting.measure,
        "viewing": viewing.measure,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    usual = ["recording", "sealing"]
    parser.add_argument("parts", nargs="*", default=usual, help="recording, sealing, export, viewing")
    parser.add_argument("--events", type=int, default=300_000, help="events that are sealed and verified")
    parser.add_argument("--tenants", type=int, default=10, help="tenants that they are spread over")
    parser.add_argument("--viewed", type=int, default=10_000_000, help="events that are there to be looked at")
    parser.add_argument("--rounds", type=int, default=40, help="how often each of them is looked for")
    parser.add_argument("--writes", type=int, default=3_000, help="writes of each side, recorded in its way")
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
