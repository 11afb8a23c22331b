"""A company's data return beside `zip -0` of the same files: both pack without compressing, in turn.

`zip` reads plain files and writes a plain one. The product reads encrypted contents and writes encrypted parts, with
the tables, the audit log and a signed manifest in them, in a process of its own. Memory is what that process takes more
for all files than for the first return, of a company with ten.
"""

import os
import random
import subprocess
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any
from uuid import UUID

from django.conf import settings

from auditlog.actors import Actor
from benchmarks.measuring import timed
from benchmarks.reporting import Result
from benchmarks.retention.apart import Submit, apart, peak
from documents.contents import store_file
from documents.names import clean_place
from retention.returning import making, objects
from retention.returning.models import DataReturn, ReturnState
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PlanCode
from vault.keys import key_store

GOAL, GOAL_MIB = 0.5, 64
_ACTOR = Actor.system("benchmark")
_FEW = 10
_IN_FOLDER = 50
_MB = 1_000_000


def measure(options: Any) -> list[Result]:
    """Store the files on both sides, then return them by each, `--rounds` times."""
    chance = random.Random(options.seed)
    with TemporaryDirectory(dir=settings.KEYS.parent) as place:
        plain = Path(place) / "plain"
        _company("PROVIDER", is_provider=True)
        few = _company("FEW")
        _store(few, min(_FEW, options.files), options.file_bytes, Path(place) / "few")
        many = _company("MANY")
        _store(many, options.files, options.file_bytes, plain)
        ours: list[dict[str, Any]] = []
        theirs: list[dict[str, float]] = []
        with apart() as submit:
            less = _returned(submit, few)["memory"]
            sides = [lambda: ours.append(_returned(submit, many)), lambda: theirs.append(_zipped(plain))]
            for _ in range(options.rounds):
                chance.shuffle(sides)
                for side in sides:
                    side()
    return [_compared(options, ours, theirs, less)]


def _company(code: str, *, is_provider: bool = False) -> UUID:
    with platform_transaction():
        values = {"name": code.title(), "plan_code": PlanCode.ENTERPRISE, "is_provider": is_provider}
        tenant = Tenant.objects.create(company_code=code, **values)
    key_store().create_tenant_keys(tenant.id)
    return tenant.id


def _store(tenant_id: UUID, files: int, size: int, plain: Path) -> None:
    """The same noise as documents of the company and as plain files."""
    for number in range(files):
        name = f"Folder {number // _IN_FOLDER}/File {number}.bin"
        content = os.urandom(size)
        (plain / name).parent.mkdir(parents=True, exist_ok=True)
        (plain / name).write_bytes(content)
        with tenant_transaction(tenant_id):
            store_file([content], place=clean_place(name), actor=_ACTOR)


def _returned(submit: Submit, tenant_id: UUID) -> dict[str, Any]:
    return submit(_return, tenant_id).result()


def _return(tenant_id: UUID) -> dict[str, Any]:
    """As the job does it, and the memory that it took; what was stored is removed again."""
    with tenant_transaction(tenant_id):
        row = DataReturn.objects.create(language="ja", time_zone="Asia/Tokyo", asked_by_name="benchmark")
    with tenant_scope(tenant_id):
        claimed = making.claim(row.id)
        assert claimed is not None
        before = process_time()
        seconds = timed(lambda: making.make_files(claimed, actor=_ACTOR))
        used = process_time() - before
        with tenant_transaction(tenant_id):
            row.refresh_from_db()
        assert row.state == ReturnState.READY, row.state
        objects.remove_run(row.run)
    return {"seconds": seconds, "processor": used, "files": row.files_done, "bytes": row.size, "memory": peak()}


def _zipped(folder: Path) -> dict[str, float]:
    """What `zip -0` takes."""
    archive = folder.with_suffix(".zip")
    command = ["zip", "-0", "-q", "-r", str(archive), "."]
    before = _of_children()
    seconds = timed(lambda: subprocess.run(command, cwd=folder, check=True))
    archive.unlink()
    return {"seconds": seconds, "processor": _of_children() - before}


def _of_children() -> float:
    """Processor seconds of the programs that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _compared(options: Any, ours: list[dict[str, Any]], theirs: list[dict[str, float]], less: float) -> Result:
    volume = options.files * options.file_bytes / _MB
    result = Result(
        f"Data return of {options.files:,} files, {volume:,.0f} MB",
        ("", "s (median)", "processor, s", "MB/s", "by zip -0", "memory, MiB", "more than for few files, MiB"),
    )
    assert all(one["files"] == options.files and one["bytes"] > volume * _MB for one in ours), ours
    beside = median(one["seconds"] for one in theirs)
    memory = max(one["memory"] for one in ours)
    more = max(memory - less, 0.0)
    for name, side, last in (("data return", ours, (f"{memory:.0f}", f"{more:.1f}")), ("zip -0", theirs, ("", ""))):
        seconds, processor = median(one["seconds"] for one in side), median(one["processor"] for one in side)
        cells = (f"{seconds:.2f}", f"{processor:.2f}", f"{volume / seconds:,.1f}", f"{beside / seconds:.2f}")
        numbers = {"seconds": seconds, "processor": processor, "rate": volume / seconds, "ratio": beside / seconds}
        result.add(name, *cells, *last, name=name, **numbers)
    result.numbers[0] |= {"memory": memory, "more": more}
    result.notes.append(f"Goals: at least {GOAL} of zip -0; at most {GOAL_MIB} MiB more, however many files.")
    return result
