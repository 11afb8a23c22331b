"""Many companies that are almost empty: what each costs, and what ten thousand take."""

from typing import Any

from benchmarks.backup import sekisho
from benchmarks.backup.companies import fill
from benchmarks.reporting import Result

GOAL_COMPANIES, GOAL_MINUTES = 10_000, 15


def measure(options: Any) -> list[Result]:
    """One run over all of them, with the check."""
    fill(tenants=options.crowd, rows=0)
    found = sekisho.do("back-up")
    each = found["total"] / options.crowd
    minutes = each * GOAL_COMPANIES / 60
    result = Result(
        f"{options.crowd:,} companies of {found['count'] / options.crowd:.0f} rows",
        ("whole run, s", "of it archives", "ms each", "memory, MiB"),
    )
    result.add(
        f"{found['total']:.1f}",
        f"{found['rows']:.1f}",
        f"{each * 1000:.0f}",
        f"{found['memory']:.0f}",
        name="crowd",
        seconds=found["total"],
        each=each,
        memory=found["memory"],
    )
    how = "" if options.crowd == GOAL_COMPANIES else "computed: "
    verdict = "met" if minutes < GOAL_MINUTES else "missed"
    result.notes.append(
        f"{GOAL_COMPANIES:,} of them: {how}{minutes:.1f} minutes ({verdict}: goal {GOAL_MINUTES}), with the check."
    )
    return [result]
