"""`make bench-retention`: expiry by partition, the erasure of a company beside all others, and a data return."""

import argparse
import os
from importlib import import_module
from pathlib import Path

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
            made = import_module(f"benchmarks.retention.{part}").measure(options)
        for result in made:
            result.print(console)
        results += made
    if options.json:
        write_json(options.json, found, results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retention", description=__doc__)
    parts = ["expiry", "erasure", "returning"]
    parser.add_argument("parts", nargs="*", default=parts, help=", ".join(parts))
    parser.add_argument("--events", type=int, default=5_000_000, help="events of the day that expires")
    parser.add_argument("--tenants", type=int, default=1_000, help="companies, of which one is erased")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of that company; the others have as many")
    parser.add_argument("--files", type=int, default=1_000, help="files of the company that is erased or returned")
    parser.add_argument("--file-bytes", type=int, default=1 << 20, help="of each file that is returned")
    parser.add_argument("--pages", type=int, default=200, help="pages before the erasure and after it")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is returned by each side")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
