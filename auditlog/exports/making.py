"""Writing the file of an export (G2).

A worker claims the order under a run of its own, gives a sign of life with its progress, and lets go as soon as the
order is no longer that run's: it was cancelled, or given to another worker because this one seemed dead. A file becomes
visible in the store only as a whole, and belongs to the order only once its row says so.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from time import monotonic
from typing import Protocol
from uuid import UUID, uuid4

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.exports import objects
from auditlog.exports.actions import EXPORT_COMPLETED, EXPORT_FAILED
from auditlog.exports.models import FILE_DAYS, AuditExport, ExportFormat, ExportProblem, ExportState
from auditlog.exports.ordering import facts_of
from auditlog.exports.periods import Period
from auditlog.exports.signatures import sign_file
from auditlog.services import record
from tenants.isolation.transactions import atomic
from vault.errors import StoreError
from vault.streams import WrittenObject

ATTEMPTS = 3
SILENCE = timedelta(minutes=3)  # a worker that says nothing for so long is dead
_BEAT_SECONDS = 1.0
_CHUNK = 256 * 1024


class Source(Protocol):
    """What is written: bytes, how many events there will be, and how many there were up to now."""

    total: int
    events: int

    def __iter__(self) -> Iterator[bytes]: ...


class NoLongerOurs(Exception):  # noqa: N818 - reads as the statement it is
    """The order was cancelled, or another worker has it."""


@atomic()
def claim(key: UUID) -> AuditExport | None:
    """The order for this worker to carry out; None if there is nothing to do, or another one is at it."""
    row = AuditExport.objects.select_for_update(skip_locked=True).filter(id=key).first()
    now = timezone.now()
    silent = row is not None and row.state == ExportState.RUNNING and row.alive_at < now - SILENCE
    if row is None or not (row.state == ExportState.QUEUED or silent):
        return None
    row.state, row.run, row.alive_at, row.done = ExportState.RUNNING, uuid4(), now, 0
    row.attempts += 1
    row.save(update_fields=["state", "run", "alive_at", "done", "attempts"])
    return row


def make_file(row: AuditExport, source: Source, *, actor: Actor) -> None:
    """Write the file and say that it is there. Call with no transaction open.

    Raises NoLongerOurs, and the errors of the vault and of the database; nothing of the file is left then.
    """
    writer = objects.file_writer(row)
    try:
        _beat(row, source)
        said = monotonic()
        for chunk in in_chunks(source):
            writer.write(chunk)
            if monotonic() - said >= _BEAT_SECONDS:
                _beat(row, source)
                said = monotonic()
        written = writer.commit()
    except BaseException:
        writer.abort()
        raise
    try:
        _finish(row, written, source.events, actor=actor)
    except BaseException:
        objects.remove_file(row.run)
        raise


@atomic()
def fail(row: AuditExport, problem: ExportProblem, *, actor: Actor) -> None:
    """End an order that cannot be carried out, and say why."""
    current = _still_ours(row)
    current.state, current.problem, current.finished_at = ExportState.FAILED, problem, timezone.now()
    current.save(update_fields=["state", "problem", "finished_at"])
    facts = facts_of(row) | {"problem": str(problem)}
    record(EXPORT_FAILED, actor=actor, target=row, outcome=Outcome.FAILURE, after=facts)


@atomic()
def stumble(row: AuditExport, error: Exception, *, actor: Actor) -> None:
    """After an error: the order waits for another attempt (`outstanding.py`), or fails when there were enough."""
    if row.attempts >= ATTEMPTS:
        fail(row, ExportProblem.STORAGE if isinstance(error, StoreError) else ExportProblem.INTERRUPTED, actor=actor)
        return
    current = _still_ours(row)
    current.state, current.alive_at = ExportState.QUEUED, timezone.now()
    current.save(update_fields=["state", "alive_at"])


def is_hopeless(row: AuditExport) -> bool:
    """Whether so many workers have died over the order already that this one would die as well."""
    return row.attempts > ATTEMPTS


@atomic()
def _finish(row: AuditExport, written: WrittenObject, events: int, *, actor: Actor) -> None:
    current, now = _still_ours(row), timezone.now()
    current.state, current.finished_at, current.expires_at = ExportState.READY, now, now + timedelta(days=FILE_DAYS)
    current.done = current.total = events
    current.size, current.sha256 = written.plain_size, written.plain_sha256
    if row.format == ExportFormat.CSV:
        current.signature = sign_file(
            tenant_id=row.tenant_id,
            period=Period(row.starts_at, row.ends_at),
            conditions=row.conditions,
            events=events,
            size=current.size,
            sha256=current.sha256,
        )
    current.save()
    facts = {"events": events, "size": current.size, "sha256": current.sha256}
    record(EXPORT_COMPLETED, actor=actor, target=row, after=facts_of(row) | facts)


@atomic()
def _beat(row: AuditExport, source: Source) -> None:
    """Say that the worker lives and how far it is. Raises NoLongerOurs."""
    ours = AuditExport.objects.filter(id=row.id, run=row.run, state=ExportState.RUNNING)
    if not ours.update(alive_at=timezone.now(), done=source.events, total=source.total):
        raise NoLongerOurs


def _still_ours(row: AuditExport) -> AuditExport:
    ours = AuditExport.objects.select_for_update().filter(id=row.id, run=row.run, state=ExportState.RUNNING)
    current = ours.first()
    if current is None:
        raise NoLongerOurs
    return current


def in_chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth a call."""
    waiting = bytearray()
    for line in lines:
        waiting += line
        if len(waiting) >= _CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)
