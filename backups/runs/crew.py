"""Those who work on a run: this process alone, or several processes beside it (B1).

Processes of `manage.py backup work`, not forks: a Celery worker may have no children of `multiprocessing`, a process of
its own has its own connections, and Python's lock is no limit. They are told jobs in lines of JSON and answer in such
lines. One whose coordinator is gone ends at once, since its input ends.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from backups.runs.jobs import Job, Outcome, do

_PATIENCE = 10.0


class Crew(Protocol):
    """Does jobs, in any order."""

    def do(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        """The outcomes as they come; each job is asked for only when somebody is free."""


class _Alone:
    """This process, one job after the other."""

    def do(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        for job in jobs:
            yield do(job)


class _Worker:
    """One process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "backup", "work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, job: Job) -> Outcome:
        """Raises OSError when the process is gone."""
        if self._process.stdin is None or self._process.stdout is None:
            raise BrokenPipeError
        self._process.stdin.write(job.as_json() + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise BrokenPipeError
        return Outcome.from_json(line)

    def end(self) -> None:
        """Let it go; one that does not hear is stopped."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not said any more
                    continue
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Processes:
    """Several processes, each with a thread here that tells it jobs."""

    def __init__(self, size: int) -> None:
        self._idle: list[_Worker | None] = [None] * size

    def do(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        outcomes: SimpleQueue[Outcome | None] = SimpleQueue()
        turn = threading.Lock()

        def serve(place: int) -> None:
            while True:
                with turn:
                    job = next(jobs, None)
                if job is None:
                    break
                outcomes.put(self._told(place, job))
            outcomes.put(None)

        for place in range(len(self._idle)):
            threading.Thread(target=serve, args=[place], daemon=True).start()
        for _thread in self._idle:
            while (outcome := outcomes.get()) is not None:
                yield outcome

    def _told(self, place: int, job: Job) -> Outcome:
        try:
            worker = self._idle[place] or _Worker()
            self._idle[place] = worker
            return worker.do(job)
        except OSError:
            if dead := self._idle[place]:
                self._idle[place] = None
                dead.end()
            return Outcome(job.step.value, str(job.tenant_id), _("The process that worked on it died."))

    def end(self) -> None:
        for worker in self._idle:
            if worker is not None:
                worker.end()


@contextmanager
def crew(companies: int) -> Iterator[Crew]:
    """As many as the settings say (BACKUP_WORKERS), and no more than there are companies."""
    size = min(settings.BACKUP_WORKERS, companies)
    if size <= 1:
        yield _Alone()
        return
    processes = _Processes(size)
    try:
        yield processes
    finally:
        processes.end()
