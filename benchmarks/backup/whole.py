"""Everything, backed up and restored, then one company out of it: Sekisho beside pg_dump, in turn, each round anew."""

import random
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from benchmarks.backup import dumps, sekisho
from benchmarks.backup.companies import fill
from benchmarks.reporting import Result
from benchmarks.server import admin, fresh_database
from tenants.isolation.placement import OWNER_ALIAS

SPEED_GOAL, ONE_GOAL, MEMORY_GOAL = 0.8, 20, 200
_MIB = 1 << 20


@dataclass
class _Seconds:
    """What each step took, round by round."""

    steps: dict[str, list[float]] = field(default_factory=dict)
    memory: float = 0
    rows: int = 0

    def note(self, **seconds: float) -> None:
        for name, value in seconds.items():
            self.steps.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> float:
        return median(self.steps[name])


def measure(options: Any) -> list[Result]:
    """Fill, then let every side do everything, `--rounds` times."""
    companies = fill(tenants=options.tenants, rows=options.rows, files=options.files, file_bytes=options.file_bytes)
    chance, seconds = random.Random(options.seed), _Seconds()
    with TemporaryDirectory(dir=settings.KEYS) as place:
        scratch = Path(place)
        (scratch / "key").write_text(secrets.token_hex(32))
        for number in range(options.rounds):
            _save(scratch, seconds, chance)
            _restore(scratch, seconds, chance.choice(companies), f"COPY-{number}")
        stored = (
            sum(file.stat().st_size for file in (scratch / "directory").iterdir()),
            (scratch / "sealed").stat().st_size,
        )
    volume = options.tenants * options.files * options.file_bytes / _MIB
    return [_saving(seconds, volume, stored), _restoring(seconds, volume), _one(seconds)]


def _save(scratch: Path, seconds: _Seconds, chance: random.Random) -> None:
    def ours() -> None:
        _forget_archives()
        found = sekisho.do("back-up")
        seconds.note(ours_files=found["files"], ours_rows=found["rows"], ours_taken=found["taken"])
        seconds.note(ours_total=found["total"], ours_bytes=_stored())
        seconds.memory, seconds.rows = max(seconds.memory, found["memory"]), found["count"]

    def theirs() -> None:
        seconds.note(directory=dumps.dump_directory(scratch / "directory"))
        seconds.note(pack=dumps.pack(settings.KEYS / "documents", scratch / "files.tar"))

    def sealed() -> None:
        seconds.note(sealed=dumps.dump_sealed(scratch / "sealed", scratch / "key"))

    sides = [ours, theirs, sealed]
    chance.shuffle(sides)
    for side in sides:
        side()


def _restore(scratch: Path, seconds: _Seconds, company: UUID, code: str) -> None:
    name = f"{settings.DATABASE}_restored"
    with fresh_database(name):
        seconds.note(restore=dumps.restore_directory(scratch / "directory", name))
        seconds.note(extract=dumps.extract(name, company, scratch / "company"))
    seconds.note(unpack=dumps.unpack(scratch / "files.tar", scratch / "unpacked"))
    shutil.rmtree(scratch / "unpacked")
    found = sekisho.do("restore-one", str(company), code)
    seconds.note(one=found["seconds"])
    seconds.memory = max(seconds.memory, found["memory"])
    with fresh_database(name):
        documents = settings.KEYS / "documents"
        documents.rename(scratch / "documents")  # lost, too
        found = sekisho.do("rebuild", _owner_url(name))
        shutil.rmtree(documents)
        (scratch / "documents").rename(documents)
    seconds.note(rebuild=found["seconds"], checks=found["steps"]["checks"])
    seconds.memory = max(seconds.memory, found["memory"])


def _saving(seconds: _Seconds, volume: float, stored: tuple[int, int]) -> Result:
    result = Result(
        f"Backing up {seconds.rows:,} rows and {volume:,.0f} MiB of files",
        ("", "rows, s", "rows/s", "files, s", "both, s", "rows stored, MiB"),
    )
    ours, theirs, sealed = seconds["ours_rows"], seconds["directory"], seconds["sealed"]
    _row(result, "Sekisho", seconds, ours, seconds["ours_files"], seconds["ours_bytes"])
    _row(result, "pg_dump -Fd -j2, tar", seconds, theirs, seconds["pack"], stored[0])
    _row(result, "pg_dump -Fc | zstd | openssl", seconds, sealed, None, stored[1])
    whole = (theirs + seconds["pack"]) / seconds["ours_taken"]
    against_pipe, memory = sealed / ours, seconds.memory
    result.notes.append(
        f"Sekisho's rows/s are {theirs / ours:.2f} of pg_dump -Fd -j2's ({_verdict(theirs / ours >= SPEED_GOAL)}: goal"
        f" {SPEED_GOAL}), {against_pipe:.2f} of the encrypted pipe's; with the files and the start {whole:.2f}."
    )
    result.notes.append(f"With the check of every byte, which nobody else does: {seconds['ours_total']:.1f} s.")
    result.notes.append(
        f"Memory of its largest process, backing up or restoring: {memory:.0f} MiB"
        f" ({_verdict(memory < MEMORY_GOAL)}: goal {MEMORY_GOAL} MiB)."
    )
    return result


def _row(result: Result, name: str, seconds: _Seconds, rows: float, files: float | None, stored: float) -> None:
    cells = (f"{rows:.1f}", f"{seconds.rows / rows:,.0f}", "-" if files is None else f"{files:.1f}")
    both = rows + (files or 0)
    result.add(name, *cells, f"{both:.1f}", f"{stored / _MIB:,.0f}", name=name, rows=rows, files=files, stored=stored)


def _restoring(seconds: _Seconds, volume: float) -> Result:
    result = Result(f"Restoring {seconds.rows:,} rows and {volume:,.0f} MiB of files", ("", "s", "rows/s"))
    ours, theirs = seconds["rebuild"], seconds["restore"] + seconds["unpack"]
    for name, took in (
        ("backup rebuild", ours),
        ("without its checks", ours - seconds["checks"]),
        ("pg_restore -j2, tar", theirs),
    ):
        result.add(name, f"{took:.1f}", f"{seconds.rows / took:,.0f}", name=name, seconds=took)
    result.notes.append(
        f"{theirs / ours:.2f} of pg_restore -j2's rows/s, each with its files ({_verdict(theirs / ours >= SPEED_GOAL)}:"
        f" goal {SPEED_GOAL}); {theirs / (ours - seconds['checks']):.2f} without the proof of logs and files."
    )
    return result


def _one(seconds: _Seconds) -> Result:
    result = Result("Restoring one company", ("", "s"))
    theirs = seconds["restore"] + seconds["extract"]
    result.add("backup restore --as, with its files", f"{seconds['one']:.2f}", name="ours", seconds=seconds["one"])
    result.add("pg_restore -j2 of everything, COPY of its rows", f"{theirs:.2f}", name="theirs", seconds=theirs)
    times = theirs / seconds["one"]
    result.notes.append(f"{times:.1f} times as fast ({_verdict(times >= ONE_GOAL)}: goal {ONE_GOAL}).")
    return result


def _verdict(met: bool) -> str:
    return "met" if met else "missed"


def _stored() -> int:
    """Bytes of all archives without the files, which lie beside them."""
    places = (settings.KEYS / "backups").rglob("archives/*/**/*")
    return sum(file.stat().st_size for file in places if file.is_file())


def _forget_archives() -> None:
    """Each round begins without archives, or files would not be copied again."""
    with admin(settings.DATABASE) as connection:
        connection.execute("TRUNCATE backups_archive, backup_runs_run, backup_runs_platformarchive CASCADE")
    shutil.rmtree(settings.KEYS / "backups", ignore_errors=True)


def _owner_url(database: str) -> str:
    place = settings.DATABASES[OWNER_ALIAS]
    who = f"{quote(place['USER'], safe='')}:{quote(place['PASSWORD'], safe='')}"
    return f"postgres://{who}@{place['HOST']}:{place['PORT']}/{database}"
