"""What is done for one company in a run, wherever: in this process or in another one, which is told in JSON (B1)."""

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, close_old_connections

from auditlog.actors import Actor
from backups.errors import BackupError
from backups.generations import apply_generations
from backups.queries import unchecked_archive
from backups.runs.models import RunKind
from backups.snapshot import Moment
from backups.taking import copy_documents_ahead, take_archive
from backups.verifying import verify_archive
from tenants.isolation.context import platform_scope, tenant_scope
from vault.errors import StoreUnavailable, VaultError

logger = logging.getLogger(__name__)


class Step(StrEnum):
    """The steps of a run, each for all companies before the next one begins."""

    AHEAD = "ahead"  # documents are copied while no moment is held open
    TAKE = "take"
    CHECK = "check"  # verified, and then the generations of the plan


@dataclass(frozen=True, slots=True)
class Job:
    """One step for one company."""

    step: Step
    tenant_id: UUID
    run_id: UUID
    kind: str
    moment: Moment | None = None

    def as_json(self) -> str:
        """In one line."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, line: str) -> "Job":
        """What `as_json` wrote."""
        found: dict[str, Any] = json.loads(line)
        moment = found["moment"]
        return cls(
            Step(found["step"]),
            UUID(found["tenant_id"]),
            UUID(found["run_id"]),
            found["kind"],
            Moment(**{**moment, "at": datetime.fromisoformat(moment["at"])}) if moment else None,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: nothing to say, or why it failed, and whether that was the store's fault."""

    step: str
    tenant_id: str
    error: str = ""
    unavailable: bool = False

    def as_json(self) -> str:
        """In one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Outcome":
        """What `as_json` wrote."""
        return cls(**json.loads(line))


def do(job: Job) -> Outcome:
    """Do it; whatever happens to one company, the others come next."""
    close_old_connections()  # after a restart of the database
    try:
        with platform_scope(active=False), tenant_scope(job.tenant_id):
            error, unavailable = _done(job), False
    except StoreUnavailable as failure:
        error, unavailable = str(failure), True
    except (BackupError, VaultError, DatabaseError, psycopg.Error, OSError) as failure:
        error, unavailable = str(failure) or type(failure).__name__, False
    except Exception as failure:
        logger.exception("The backup of tenant %s failed at the step %s", job.tenant_id, job.step)
        error, unavailable = f"{type(failure).__name__}: {failure}", False
    return Outcome(job.step.value, str(job.tenant_id), error, unavailable)


def actor_of(kind: str) -> Actor:
    """Who acts in a run."""
    return Actor.command() if kind == RunKind.COMMAND else Actor.system("backups")


def _done(job: Job) -> str:
    """Why it failed, or nothing."""
    actor = actor_of(job.kind)
    if job.step is Step.AHEAD:
        copy_documents_ahead()
    elif job.step is Step.TAKE:
        take_archive(actor=actor, run_id=job.run_id, moment=job.moment)
    elif (archive := unchecked_archive()) is not None:
        if not verify_archive(archive, actor=actor):
            return archive.error
        apply_generations(actor=actor)
    return ""
