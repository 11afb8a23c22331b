"""How a job holds a request (B6): it claims it under a run of its own, gives signs of life, ends it.

A worker that was killed is noticed by its silence and another one begins anew; whatever the first one may still do, the
request is no longer its own.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils import timezone

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import record
from backups.errors import ArchiveDamaged, RestoreRefused, RunningAlready
from backups.requests.actions import RESTORE_FAILED
from backups.requests.asking import TELL
from backups.requests.models import RestoreKind, RestoreProblem, RestoreRequest, RestoreState
from backups.requests.records import facts_of, record_at_provider
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic
from vault.errors import TenantKeysMissing, VaultError

logger = logging.getLogger(__name__)

ATTEMPTS = 3
# A worker that says nothing for so long is dead. Loading one large table of a company says nothing for a while.
SILENCE = {RestoreKind.FILES: timedelta(minutes=3), RestoreKind.COMPANY: timedelta(minutes=20)}
_BEAT_SECONDS = 1.0


# What cannot be done at all, with the reason that the request shows; and what may go by itself.
_HOPELESS: tuple[tuple[type[Exception], RestoreProblem], ...] = (
    (RestoreRefused, RestoreProblem.RULE),
    (ArchiveDamaged, RestoreProblem.DAMAGED),
    (TenantKeysMissing, RestoreProblem.KEYS),
)


class NoLongerOurs(Exception):  # noqa: N818 - reads as the statement it is
    """The request was withdrawn, or another worker has it."""


@atomic()
def claim(key: UUID, kind: RestoreKind) -> RestoreRequest | None:
    """The request for this worker to carry out; None if there is nothing to do, or another one is at it."""
    row = RestoreRequest.objects.select_for_update(skip_locked=True).filter(id=key, kind=kind).first()
    now = timezone.now()
    silent = row is not None and row.state == RestoreState.RUNNING and row.alive_at < now - SILENCE[kind]
    if row is None or not (row.state == RestoreState.APPROVED or silent):
        return None
    row.state, row.run, row.alive_at, row.done = RestoreState.RUNNING, uuid4(), now, 0
    row.attempts += 1
    row.save(update_fields=["state", "run", "alive_at", "done", "attempts"])
    return row


class Beat:
    """The progress of a job as its request shows it, at most once a second. Raises NoLongerOurs."""

    def __init__(self, row: RestoreRequest) -> None:
        self._row = row
        self._said = 0.0

    def __call__(self, _stage: str, done: int, total: int) -> None:
        """Say how far the job is, if the last time is long enough ago."""
        if monotonic() - self._said >= _BEAT_SECONDS:
            with tenant_scope(self._row.tenant_id):  # a restore works in the scope of the new company
                beat(self._row, done, total)
            self._said = monotonic()


@atomic()
def beat(row: RestoreRequest, done: int, total: int) -> None:
    """Say that the worker lives and how far it is. Raises NoLongerOurs."""
    ours = RestoreRequest.objects.filter(id=row.id, run=row.run, state=RestoreState.RUNNING)
    if not ours.update(alive_at=timezone.now(), done=done, total=total):
        raise NoLongerOurs


@atomic()
def finish(row: RestoreRequest, action: Action, result: dict[str, Any], *, actor: Actor) -> None:
    """Everything was done that was asked for; `result` says how much."""
    current = still_ours(row)
    current.state, current.finished_at, current.result = RestoreState.DONE, timezone.now(), result
    current.done = current.total = max(current.total, 1)
    current.save(update_fields=["state", "finished_at", "result", "done", "total"])
    facts = facts_of(current) | {name: value for name, value in result.items() if not isinstance(value, list)}
    record(action, actor=actor, target=current, after=facts)
    record_at_provider(action, current, actor=actor, after=facts)
    queue_on_commit(TELL, str(row.id), RestoreState.DONE)


@atomic()
def fail(row: RestoreRequest, problem: RestoreProblem, *, actor: Actor, detail: str = "") -> None:
    """End a request that cannot be carried out, and say why."""
    current = still_ours(row)
    current.state, current.finished_at = RestoreState.FAILED, timezone.now()
    current.problem, current.detail = problem, detail[:1000]
    current.save(update_fields=["state", "finished_at", "problem", "detail"])
    facts = facts_of(current, problem=problem.value, detail=current.detail)
    record(RESTORE_FAILED, actor=actor, target=current, outcome=Outcome.FAILURE, after=facts)
    record_at_provider(RESTORE_FAILED, current, actor=actor, outcome=Outcome.FAILURE, after=facts)
    queue_on_commit(TELL, str(row.id), RestoreState.FAILED)


@atomic()
def put_off(row: RestoreRequest) -> None:
    """Let the request wait for another attempt, which does not count: something else is in the way for now."""
    current = still_ours(row)
    current.state, current.alive_at, current.attempts = RestoreState.APPROVED, timezone.now(), row.attempts - 1
    current.save(update_fields=["state", "alive_at", "attempts"])


@atomic()
def stumble(row: RestoreRequest, problem: RestoreProblem, *, actor: Actor, detail: str = "") -> None:
    """After a trouble that may pass: the request waits for another attempt, or fails when there were enough."""
    if row.attempts >= ATTEMPTS:
        fail(row, problem, actor=actor, detail=detail)
        return
    current = still_ours(row)
    current.state, current.alive_at = RestoreState.APPROVED, timezone.now()
    current.save(update_fields=["state", "alive_at"])


@contextmanager
def carrying_out(row: RestoreRequest, *, actor: Actor) -> Iterator[None]:
    """Whatever goes wrong in the block becomes the end of the request, or another attempt. Unknown errors go on."""
    try:
        yield
    except NoLongerOurs:
        logger.info("The restore %s is another worker's by now, or was withdrawn", row.id)
    except RunningAlready:
        put_off(row)
    except ValidationError as error:
        fail(row, RestoreProblem.RULE, actor=actor, detail=" ".join(error.messages))
    except tuple(kind for kind, _problem in _HOPELESS) as error:
        problem = next(problem for kind, problem in _HOPELESS if isinstance(error, kind))
        fail(row, problem, actor=actor, detail=str(error))
    except VaultError as error:
        logger.exception("The restore %s stumbled over the vault", row.id)
        stumble(row, RestoreProblem.STORE, actor=actor, detail=str(error))
    except Exception as error:
        with suppress(NoLongerOurs):  # it was after the end: a message that could not be sent
            stumble(row, RestoreProblem.INTERRUPTED, actor=actor, detail=type(error).__name__)
        raise


@atomic()
def note_target(request: RestoreRequest) -> RestoreRequest:
    """The request with the id of the company to be: one for each attempt."""
    current = still_ours(request)
    current.target_id = new_id()
    current.save(update_fields=["target_id"])
    return current


def is_hopeless(row: RestoreRequest) -> bool:
    """Whether so many workers have died over the request already that this one would die as well."""
    return row.attempts > ATTEMPTS


def still_ours(row: RestoreRequest) -> RestoreRequest:
    """The request as it is now, locked. Raises NoLongerOurs."""
    ours = RestoreRequest.objects.select_for_update().filter(id=row.id, run=row.run, state=RestoreState.RUNNING)
    current = ours.first()
    if current is None:
        raise NoLongerOurs
    return current
