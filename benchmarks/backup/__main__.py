"""`make bench-backup`: archives of all companies, and restoring them, beside pg_dump and pg_restore."""

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
    from benchmarks.backup import crowd, whole

    return {"whole": whole.measure, "crowd": crowd.measure}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backup", description=__doc__)
    parser.add_argument("parts", nargs="*", default=["whole", "crowd"], help="whole, crowd (almost empty companies)")
    parser.add_argument("--rows", type=int, default=2_000_000, help="half of them documents, half audit events")
    parser.add_argument("--tenants", type=int, default=200, help="companies that they are spread over")
    parser.add_argument("--files", type=int, default=10, help="files of each company")
    parser.add_argument("--file-bytes", type=int, default=1 << 20, help="of each file")
    parser.add_argument("--rounds", type=int, default=1, help="how often everything is done by every side")
    parser.add_argument("--crowd", type=int, default=10_000, help="companies that are almost empty")
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
