"""Exports as their job writes them: events per second, and the memory that many events take more than a few (G2).

Each format in a process of its own, which exports a hundred events first and then all, to a file. By the clock: this
process and its backend in the database work side by side.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

GOAL_MIB = 64


def measure(options: Any) -> list[Any]:
    """Fill two logs, seal them, and export them in both formats."""
    from auditlog.sealing.sealer import seal
    from benchmarks.audit.sealing import write_events
    from benchmarks.reporting import Result
    from tenants.isolation.models import new_id

    few, many = new_id(), new_id()
    write_events([few], 100)
    write_events([many], options.events)
    seal([few, many])
    result = Result(
        f"{options.events:,} events of one company to a file",
        ("", "by the clock, s", "events/s", "file, MiB", "memory more, MiB"),
    )
    for form in ("csv", "jsonl"):
        found = _in_a_process(form, few, many)
        assert found["events"] == options.events, found
        per_second = found["events"] / found["seconds"]
        cells = (f"{found['seconds']:.1f}", f"{per_second:,.0f}", f"{found['file']:.0f}", f"{found['memory']:.1f}")
        result.add(form, *cells, name=form, per_second=per_second, memory=found["memory"])
    result.notes.append(f"Goal: at most {GOAL_MIB} MiB more, however many events.")
    return [result]


def _in_a_process(form: str, few: UUID, many: UUID) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.audit.exporting", form, str(few), str(many)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, float] = json.loads(run.stdout)
    return found


def main() -> None:
    """Export a few events, then many; print what the many took."""
    from time import perf_counter

    import django

    django.setup()
    form, few, many = sys.argv[1], UUID(sys.argv[2]), UUID(sys.argv[3])
    with TemporaryDirectory() as folder:
        _export(form, few, Path(folder) / "few")
        before, started, file = _peak(), perf_counter(), Path(folder) / "many"
        events = _export(form, many, file)
        seconds, after = perf_counter() - started, _peak()
        size = file.stat().st_size / 2**20
    print(json.dumps({"events": events, "seconds": seconds, "file": size, "memory": after - before}))


def _peak() -> float:
    """The most memory that this process has had, in MiB. Not by getrusage: that counts what it was forked from."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def _export(form: str, tenant_id: UUID, path: Path) -> int:
    from datetime import UTC, datetime, timedelta

    from auditlog.exports.csvlog import open_csv
    from auditlog.exports.making import in_chunks
    from auditlog.exports.periods import Period
    from auditlog.sealing.exporting import open_export
    from tenants.isolation.transactions import tenant_transaction

    now = datetime.now(UTC)
    period = Period(now - timedelta(days=1), now + timedelta(days=1))
    with tenant_transaction(tenant_id):
        log = (
            open_export(period.begin, period.end)
            if form == "jsonl"
            else open_csv(period, language="ja", time_zone="Asia/Tokyo")
        )
    with path.open("wb") as file:
        file.writelines(in_chunks(log))
    return log.events


if __name__ == "__main__":
    main()
