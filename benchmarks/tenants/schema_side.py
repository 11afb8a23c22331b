"""The django-tenants side as seen from outside: a process with a limited time."""

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from threading import Timer
from time import perf_counter
from typing import Any

from django.conf import settings

from benchmarks.server import fresh_database

_PROGRAM = (sys.executable, "-m", "benchmarks.tenants.schema_per_tenant")
RECENT = 20  # creations from which one number of tenants is described


@dataclass
class Findings:
    """What the other side said: creations in their order, migrations by (size, migration), where the time ended."""

    creations: list[dict[str, Any]] = field(default_factory=list)
    migrations: dict[tuple[int, str], dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    relations: dict[int, int] = field(default_factory=dict)
    stopped: str = ""
    took: float = 0.0

    def creation(self, size: int, what: str) -> tuple[float, int] | None:
        """Median seconds of the faster way at that size, and how many tenants there were then; None if not reached."""
        ways: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for creation in self.creations:
            if creation["size"] == size:
                ways[creation["way"]].append(creation)
        if not ways:
            return None
        tenants = max(found[-1]["tenants"] for found in ways.values())
        return min(median(map(by(what), found[-RECENT:])) for found in ways.values()), tenants

    def migration(self, size: int, name: str) -> float | None:
        """Seconds of the faster executor; None if not measured."""
        return min(self.migrations[size, name].values(), default=None)

    def extrapolated(self, size: int, name: str) -> float | None:
        """Seconds in proportion to the largest size that was measured."""
        known = [measured for measured, found in self.migrations if found == name and self.migrations[measured, found]]
        if not known:
            return None
        largest = max(known)
        return (self.migration(largest, name) or 0) * size / largest


def by(what: str) -> Any:
    """The seconds of a creation: `empty`, or `seeded` with the first rows."""
    return lambda creation: creation["seconds"] + (creation["seeding"] if what == "seeded" else 0)


def measure(sizes: Iterable[int], samples: int, limit: float) -> Findings:
    """Let the other side work for at most `limit` seconds in a database of its own."""
    database = f"{settings.DATABASE}_schemas"
    with fresh_database(database):
        started = perf_counter()
        process = subprocess.Popen(
            [*_PROGRAM, "--samples", str(samples), "--sizes", *map(str, sizes)],
            env=os.environ | {"BENCH_SCHEMAS_DATABASE": database},
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # it starts workers, which have to end with it
        )
        timer = Timer(limit, _stop, [process])
        timer.start()
        try:
            findings = _read(process)
        finally:
            timer.cancel()
            _stop(process)
        findings.took = perf_counter() - started
    return findings


def _stop(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read(process: "subprocess.Popen[str]") -> Findings:
    findings, last = Findings(), {"doing": "start", "size": 0}
    for line in process.stdout or ():
        said = json.loads(line)
        if "doing" in said:
            last = said
        elif "way" in said:
            findings.creations.append(said)
        elif "migration" in said:
            findings.migrations[said["size"], said["migration"]][said["executor"]] = said["seconds"]
        else:
            findings.relations[said["size"]] = said["relations"]
    code = process.wait()
    if code > 0:
        raise RuntimeError(f"The django-tenants side failed while doing: {last}")
    if code < 0:
        tenants = f", with {last['tenants']:,} tenants" if "tenants" in last else ""
        findings.stopped = f"while it did “{last['doing']}” for the size {last['size']:,}{tenants}"
    return findings
