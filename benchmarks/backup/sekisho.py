"""Sekisho's side, each job in a process of its own, so that its memory is its own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import psutil

_POLL = 0.1  # seconds; the peak of a process only grows, so little is missed


def do(*job: str) -> dict[str, Any]:
    """Do a job; what it found, with `memory`: the peak of the largest of its processes, in MiB."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.backup.sekisho", *job],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


class Peaks:
    """The most memory that this process and those below it have had, each by itself."""

    def __init__(self) -> None:
        self._peaks: dict[int, float] = {}
        self._done = threading.Event()
        self._process = psutil.Process()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look from here on."""
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        yield
        self._done.set()
        watcher.join()

    @property
    def largest(self) -> float:
        """In MiB."""
        return max(self._peaks.values())

    def _watch(self) -> None:
        ours = os.fspath(sys.executable)
        while True:
            for process in (self._process, *self._process.children(recursive=True)):
                status = Path(f"/proc/{process.pid}/status")
                try:
                    if process.pid == self._process.pid or process.cmdline()[:1] == [ours]:
                        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
                        self._peaks[process.pid] = int(lines["VmHWM"].split()[0]) / 1024
                except (psutil.Error, OSError, KeyError):
                    continue  # it has just ended
            if self._done.wait(_POLL):
                return


def _back_up() -> dict[str, Any]:
    """`backup run --all`, with the time of each step: files, rows, the check of everything."""
    from backups.runs.models import RunKind, RunState
    from backups.runs.services import back_up_everybody

    marks: dict[str, float] = {}
    started = perf_counter()

    def progress(step: str, _done: int, _total: int) -> None:
        marks[step] = perf_counter() - started

    report = back_up_everybody(RunKind.COMMAND, progress=progress)
    total = perf_counter() - started
    assert report is not None
    assert report.run.state == RunState.FINISHED, report.run.error
    taken = marks["platform"]
    return {
        "files": marks["ahead"],
        "rows": taken - marks["ahead"],
        "taken": taken,
        "total": total,
        "count": report.run.rows,
    }


def _restore_one(tenant_id: str, company_code: str) -> dict[str, Any]:
    """`backup restore --as` of the newest archive of one company."""
    from auditlog.actors import Actor
    from backups.queries import archives
    from backups.restoring import restore_archive
    from tenants.isolation.transactions import tenant_transaction

    with tenant_transaction(UUID(tenant_id)):
        archive = archives().first()
    assert archive is not None
    started = perf_counter()
    restored = restore_archive(archive, company_code=company_code, actor=Actor.command())
    return {"seconds": perf_counter() - started, "count": restored.rows}


def _rebuild(url: str) -> dict[str, Any]:
    """`backup rebuild --into`, with the migrations that make the tables."""
    import io

    from django.core.management import call_command

    out, started = io.StringIO(), perf_counter()
    call_command("backup", "rebuild", into=url, json=True, stdout=out)
    return {"seconds": perf_counter() - started, "steps": json.loads(out.getvalue())["seconds"]}


def main() -> None:
    """One job by name."""
    import django

    django.setup()
    name, *arguments = sys.argv[1:]
    peaks = Peaks()
    with peaks.watched():
        found = {"back-up": _back_up, "restore-one": _restore_one, "rebuild": _rebuild}[name](*arguments)  # type: ignore[operator]
    print(json.dumps(found | {"memory": peaks.largest}))


if __name__ == "__main__":
    main()
