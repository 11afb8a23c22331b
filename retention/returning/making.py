"""Writing the files of a data return (R3).

A worker claims it under a run of its own, gives a sign of life with its progress, and lets go as soon as it is no
longer that run's: it was cancelled, or given to another worker because this one seemed dead. What a run has stored
belongs to the data return only once its row says so; a run that dies is begun anew.
"""

import contextlib
import logging
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from retention.returning.actions import RETURN_COMPLETED, RETURN_FAILED
from retention.returning.aside import Aside
from retention.returning.models import FILE_DAYS, DataReturn, Part, ReturnProblem, ReturnState
from retention.returning.objects import BLOCK, BlockShelf, remove_run
from retention.returning.progress import Progress
from retention.returning.writing import Reader, TooManyUnreadable, Written, write_everything
from tenants.isolation.transactions import atomic
from vault.errors import StoreError

logger = logging.getLogger(__name__)

ATTEMPTS = 3
SILENCE = timedelta(minutes=3)  # a worker that says nothing for so long is dead


class NoLongerOurs(Exception):  # noqa: N818 - reads as the statement it is
    """It was cancelled, or another worker has it."""


def claim(key: UUID) -> DataReturn | None:
    """The data return for this worker to write; None if there is nothing to do, or another one is at it.

    What a run that died has stored is in nobody's way but the disk's, and goes first. Call with no transaction open.
    """
    claimed = _claim(key)
    if claimed is None:
        return None
    row, dead_run = claimed
    if dead_run is not None:
        with contextlib.suppress(StoreError):  # the nightly sweep finds it too
            remove_run(dead_run)
    return row


@atomic()
def _claim(key: UUID) -> tuple[DataReturn, UUID | None] | None:
    row = DataReturn.objects.select_for_update(skip_locked=True).filter(id=key).first()
    now = timezone.now()
    silent = row is not None and row.state == ReturnState.RUNNING and row.alive_at < now - SILENCE
    if row is None or not (row.state == ReturnState.WAITING or silent):
        return None
    dead_run, row.run = row.run, uuid4()
    row.state, row.alive_at, row.done, row.files_done = ReturnState.RUNNING, now, 0, 0
    row.attempts += 1
    row.save(update_fields=["state", "run", "alive_at", "done", "files_done", "attempts"])
    return row, dead_run


def make_files(row: DataReturn, *, actor: Actor) -> None:
    """Write the files and say that they are there. Call with no transaction open.

    Raises NoLongerOurs, TooManyUnreadable, and the errors of the vault and of the database; nothing is left then.
    """
    run = row.run
    assert run is not None, "claimed"  # noqa: S101 - for the type alone
    shelf = BlockShelf(row.tenant_id, run)
    try:
        with Aside(row.tenant_id) as aside:
            progress = Progress(lambda progress: aside.run(lambda: _beat(row, progress)))
            written = write_everything(row.tenant_id, shelf, Reader(row.language, row.time_zone), progress)
        _finish(row, written, sorted(shelf.key_ids), actor=actor)
    except BaseException:
        try:
            shelf.discard()
        except StoreError:
            logger.exception("What the run %s has stored stays until the sweep", run)
        raise


@atomic()
def fail(row: DataReturn, problem: ReturnProblem, *, actor: Actor) -> None:
    """End one that cannot be written, and say why."""
    current = _still_ours(row)
    current.state, current.problem, current.finished_at = ReturnState.FAILED, problem, timezone.now()
    current.save(update_fields=["state", "problem", "finished_at"])
    record(RETURN_FAILED, actor=actor, target=row, outcome=Outcome.FAILURE, after={"problem": str(problem)})


@atomic()
def stumble(row: DataReturn, error: Exception, *, actor: Actor) -> None:
    """After an error: it waits for another attempt (`outstanding.py`), or fails when there were enough."""
    if row.attempts >= ATTEMPTS:
        storage = isinstance(error, StoreError | TooManyUnreadable)
        fail(row, ReturnProblem.STORAGE if storage else ReturnProblem.INTERRUPTED, actor=actor)
        return
    current = _still_ours(row)
    current.state, current.alive_at = ReturnState.WAITING, timezone.now()
    current.save(update_fields=["state", "alive_at"])


def is_hopeless(row: DataReturn) -> bool:
    """Whether so many workers have died over it already that this one would die as well."""
    return row.attempts > ATTEMPTS


@atomic()
def _finish(row: DataReturn, written: Written, key_ids: list[str], *, actor: Actor) -> None:
    current, now = _still_ours(row), timezone.now()
    current.state, current.finished_at, current.expires_at = ReturnState.READY, now, now + timedelta(days=FILE_DAYS)
    parts = [Part(part.number, part.size, part.sha256, part.entries, BLOCK) for part in written.parts]
    current.parts, current.key_ids = [asdict(part) for part in parts], key_ids
    current.snapshot_at, current.unreadable = written.snapshot_at, written.unreadable
    current.files_done = current.files_total = written.files
    current.done, current.alive_at = current.total, now
    current.save()
    facts = {"files": written.files, "unreadable": written.unreadable, "sha256": [part.sha256 for part in parts]}
    record(RETURN_COMPLETED, actor=actor, target=row, after=current.facts | facts)


@atomic()
def _beat(row: DataReturn, progress: Progress) -> None:
    """Say that the worker lives and how far it is. Raises NoLongerOurs."""
    ours = DataReturn.objects.filter(id=row.id, run=row.run, state=ReturnState.RUNNING)
    said = {"done": progress.done, "total": progress.total, "files_done": progress.files_done,
            "files_total": progress.files_total}  # fmt: skip
    if not ours.update(alive_at=timezone.now(), **said):
        raise NoLongerOurs


def _still_ours(row: DataReturn) -> DataReturn:
    ours = DataReturn.objects.select_for_update().filter(id=row.id, run=row.run, state=ReturnState.RUNNING)
    current = ours.first()
    if current is None:
        raise NoLongerOurs
    return current
