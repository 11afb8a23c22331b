"""`make bench-tenants`: creating and migrating tenants, beside django-tenants on the same models and server."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django

from benchmarks.reporting import Result, milliseconds, open_console, print_surroundings, surroundings, write_json
from benchmarks.server import exit_orderly, product_database, server_version
from benchmarks.tenants import schema_side
from benchmarks.tenants.schema_side import Findings

GOAL_FASTER = 50
MIGRATIONS = ("no-op", "add field")

# Median seconds of the shared side by (size, measure).
Shared = dict[tuple[int, str], float]


def main() -> None:
    """Measure one side, then the other, on the same server, and print both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tenants", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1_000, 10_000], help="numbers of tenants")
    parser.add_argument("--samples", type=int, default=20, help="tenants created for the measurement at each size")
    parser.add_argument("--repeat", type=int, default=9, help="runs of each migration at each size (Sekisho)")
    parser.add_argument("--minutes", type=float, default=5, help="wall time for django-tenants")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    options = parser.parse_args()
    exit_orderly()
    django.setup()
    console = open_console()
    found = surroundings(server_version())
    with console.status("Sekisho …"):
        shared = measure_shared(options.sizes, options.samples, options.repeat)
    with console.status(f"django-tenants, at most {options.minutes:g} minutes …"):
        other = schema_side.measure(options.sizes, max(2, options.samples // 4), options.minutes * 60)
    results = [creation_table(options.sizes, shared, other), migration_table(options.sizes, shared, other)]
    print_surroundings(console, found)
    for result in results:
        result.print(console)
    if options.json:
        write_json(options.json, found, results)


def measure_shared(sizes: list[int], samples: int, repeat: int) -> Shared:
    """Sekisho's side, in a database of its own."""
    from benchmarks.tenants import shared_side  # its models need the set-up first

    found: Shared = {}
    with product_database():
        shared_side.prepare()
        for size in sizes:
            shared_side.fill(size)
            first = size * 1_000
            found[size, "no-op"] = _median(shared_side.migrate_nothing, repeat)
            found[size, "add field"] = _median(shared_side.migrate_field, repeat)
            made = [shared_side.create_and_seed(first + number) for number in range(samples)]
            found[size, "empty"] = median(empty for empty, _ in made)
            found[size, "seeded"] = median(map(sum, made))
            found[size, "service"] = median(shared_side.create_by_service(first + number) for number in range(samples))
            found[size, "relations"] = shared_side.count_relations()
    return found


def _median(work: Callable[[], float], repeat: int) -> float:
    return median(work() for _ in range(repeat))


def creation_table(sizes: list[int], shared: Shared, other: Findings) -> Result:
    """What one tenant more costs."""
    compared = ("Sekisho: empty", "django-tenants", "times", "Sekisho: 20 rows", "django-tenants", "times")
    result = Result("Creating a tenant, ms (median)", ("tenants", *compared, "Sekisho: service"))
    factors = []
    for size in sizes:
        cells, numbers = [], {"tenants": size, "service": shared[size, "service"]}
        for what in ("empty", "seeded"):
            ours, theirs = shared[size, what], other.creation(size, what)
            cells += [milliseconds(ours), "not reached", "-"]
            numbers[what] = ours
            if theirs:
                seconds, tenants = theirs
                cells[-2:] = [
                    milliseconds(seconds) + ("" if tenants == size else f" (at {tenants:,})"),
                    f"{seconds / ours:.0f}",
                ]
                numbers |= {f"schema_{what}": seconds, "schema_tenants": tenants}
                if what == "empty":
                    factors.append(seconds / ours)
        result.add(f"{size:,}", *cells, milliseconds(shared[size, "service"]), **numbers)
    result.notes = [
        "empty: the tenant as such; for django-tenants with its schema, by migrations or by cloning (the faster)",
        "20 rows: with a first row in each of the twenty tables, the same statements on both sides",
        "service: Sekisho's own way, with keys, roles, first user, invitation and audit events",
        f"Goal: at least {GOAL_FASTER} times faster. Found: {min(factors):.0f} to {max(factors):.0f} times (empty).",
        f"django-tenants had {other.took:.0f} s" + (f" and was stopped {other.stopped}." if other.stopped else "."),
    ]
    return result


def migration_table(sizes: list[int], shared: Shared, other: Findings) -> Result:
    """What a new version of the schema costs."""
    columns = [f"{side}: {name}" for name in MIGRATIONS for side in ("Sekisho", "django-tenants")]
    result = Result("Migrating, ms (median)", ("tenants", *columns, "pg_class rows", "django-tenants"))
    for size in sizes:
        cells, numbers = [], {"tenants": size, "relations": shared[size, "relations"]}
        for name in MIGRATIONS:
            ours, theirs = shared[size, name], other.migration(size, name)
            numbers |= {name: ours, f"schema {name}": theirs}
            guess = other.extrapolated(size, name)
            text = milliseconds(theirs) if theirs else f"~{milliseconds(guess)}" if guess else "-"
            cells += [milliseconds(ours), text]
        relations = other.relations.get(size)
        numbers["schema_relations"] = relations
        cells += [f"{shared[size, 'relations']:,.0f}", f"{relations:,}" if relations else "-"]
        result.add(f"{size:,}", *cells, **numbers)
    growth = [f"{name} {shared[sizes[-1], name] / shared[sizes[0], name]:.2f} times" for name in MIGRATIONS]
    result.notes = [
        "~: not measured, but in proportion to the largest number of tenants that was",
        "for django-tenants the faster of its executors, standard and multiprocessing",
        "without the start of Python and Django, which both sides have alike",
        f"Goal: flat. Found from {sizes[0]:,} to {sizes[-1]:,} tenants: {', '.join(growth)} the time.",
    ]
    return result


if __name__ == "__main__":
    main()
