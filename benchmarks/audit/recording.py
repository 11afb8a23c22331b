"""What recording adds to a typical write, beside three libraries and beside a bare INSERT (G1).

A write is one transaction that saves a row of seven fields, three of which have changed. What each side's write takes
without any record is measured too, and taken off. The libraries run in a process of their own (`beside/worker.py`); all
sides take turns, one write each, in random order.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connections

from benchmarks.audit.writes import Written
from benchmarks.measuring import processor_time, ratio
from benchmarks.reporting import Result, milliseconds
from benchmarks.server import fresh_database
from tenants.isolation.placement import OWNER_ALIAS

LIBRARIES_GOAL, LIMIT_GOAL = 1.5, 0.8
LIBRARIES = ("django-auditlog", "django-simple-history", "django-pghistory")
# django-auditlog has the name of the product's app, so it is installed away from everything else (Makefile).
PACKAGES = settings.BASE_DIR / ".venv" / "beside"
_FOLDER = Path(__file__).parent / "beside"
_OURS, _LIMIT, _BARE, _THEIR_BARE = "Sekisho", "INSERT by hand", "nothing recorded (Sekisho)", "nothing recorded"
Took = tuple[float, float]  # seconds by the clock, seconds of processor


@dataclass(slots=True)
class _Side:
    """One side: writes once and says what that took; `backend` is its process in the database."""

    write: Callable[[int], Took]
    backend: int
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self, number: int) -> None:
        """Write, and keep what it took."""
        before = processor_time([self.backend])
        clock, processor = self.write(number)
        self.clock.append(clock)
        self.processor.append(processor + processor_time([self.backend]) - before)


def measure(options: Any) -> list[Result]:
    """All sides, in turn."""
    chance = random.Random(options.seed)
    with _libraries() as theirs:
        ours = Written.create()
        sides = {
            _BARE: _Side(ours.bare, ours.backend),
            _OURS: _Side(ours.recorded, ours.backend),
            _LIMIT: _Side(ours.inserted, ours.backend),
            "INSERT by hand, plain table": _Side(ours.inserted_aside, ours.backend),
        } | theirs
        for number in range(max(2, options.writes // 10)):
            for side in sides.values():
                side.write(number)
        order = list(sides)
        for number in range(options.writes):
            chance.shuffle(order)
            for name in order:
                sides[name].take(number)
    return [_result(sides, chance)]


@contextmanager
def _libraries() -> Iterator[dict[str, _Side]]:
    """The sides of the other process, on a database of its own on the same server."""
    name = f"{settings.DATABASE}_beside"
    values = connections[OWNER_ALIAS].settings_dict
    database = {key: values[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    database |= {"ENGINE": "django.db.backends.postgresql", "NAME": name}
    environment = os.environ | {"BESIDE_DATABASE": json.dumps(database), "BESIDE_PACKAGES": str(PACKAGES)}
    with fresh_database(name):
        worker = subprocess.Popen(
            [sys.executable, "worker.py"],
            cwd=_FOLDER,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            backend, *names = worker.stdout.readline().split("\t")
            if not names:
                raise RuntimeError("The libraries' process has ended; `make setup` installs what it needs.")
            yield {name.strip(): _Side(_told(worker, name.strip()), int(backend)) for name in names}
        finally:
            worker.stdin.close()
            worker.wait(timeout=30)


def _told(worker: "subprocess.Popen[str]", name: str) -> Callable[[int], Took]:
    def write(_number: int) -> Took:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(f"{name}\n")
        worker.stdin.flush()
        clock, processor = worker.stdout.readline().split()
        return float(clock), float(processor)

    return write


def _result(sides: dict[str, _Side], chance: random.Random) -> Result:
    result = Result(
        "One write with its record, ms (median)",
        ("", "write", "added", "added, processor", "records/s", "added / ours", "processor / ours", "ours / write"),
    )
    added = {name: _added(sides, name) for name in sides}
    for name, side in sides.items():
        clock, processor = added[name]
        if name in (_BARE, _THEIR_BARE):
            result.add(name, milliseconds(median(side.clock)), *[""] * 6, name=name, clock=median(side.clock))
            continue
        beside, by_processor = ratio(clock, added[_OURS][0], chance), ratio(processor, added[_OURS][1], chance)
        whole = ratio(side.clock, sides[_OURS].clock, chance)
        numbers = {"clock": median(side.clock), "added": median(clock), "added_processor": median(processor)}
        result.add(
            name,
            *map(milliseconds, numbers.values()),
            f"{1 / numbers['clock']:,.0f}",
            str(beside),
            str(by_processor),
            str(whole),
            name=name,
            **numbers,
            added_by_ours=beside.value,
            added_by_ours_processor=by_processor.value,
            whole_by_ours=whole.value,
        )
    result.notes += _verdicts(result)
    return result


def _added(sides: dict[str, _Side], name: str) -> tuple[list[float], list[float]]:
    """What a side took more than the same write without a record, round by round."""
    side, bare = sides[name], sides[_THEIR_BARE if name.startswith("django-") else _BARE]
    clock = [whole - write for whole, write in zip(side.clock, bare.clock, strict=True)]
    return clock, [whole - write for whole, write in zip(side.processor, bare.processor, strict=True)]


def _verdicts(result: Result) -> list[str]:
    rows = {row["name"]: row for row in result.numbers}
    notes = ["processor: of client and server, which is the same on a busy machine"]
    for key, unit in (("added_by_ours", "by the clock"), ("added_by_ours_processor", "by processor time")):
        fastest = min(LIBRARIES, key=lambda name: rows[name][key])
        verdict = "met" if rows[fastest][key] >= LIBRARIES_GOAL else "missed"
        notes.append(f"{unit}: {rows[fastest][key]:.2f} times as fast as {fastest}; goal {LIBRARIES_GOAL}: {verdict}")
    for name in rows:
        if name.startswith(_LIMIT):
            whole = rows[name]["whole_by_ours"]
            verdict = "met" if whole >= LIMIT_GOAL else "missed"
            notes.append(f"{whole:.2f} of the speed of the {name} in its transaction; goal {LIMIT_GOAL}: {verdict}")
    return notes
