"""Writing the journal of restores, and finding those that died (B6).

Whoever restores holds the lock `restore` of the tenant whose archive it is. An entry that is open while nobody holds
the lock belongs to a process that is gone.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record
from backups.actions import RESTORE_REFUSED
from backups.errors import RunningAlready
from backups.locks import exclusive
from backups.models import Archive
from backups.recovery.models import Restore, RestoreKind, RestoreState
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import platform_transaction

LOCK = "restore"
OPEN = (RestoreState.RUNNING, RestoreState.LOADED)


def begin(kind: RestoreKind, archive: Archive, *, target: UUID, actor: Actor) -> Restore:
    """Note down what is about to be done. In the transaction of the caller, or in one of its own."""
    with platform_transaction():
        return Restore.objects.create(
            kind=kind,
            archive_id=archive.id,
            tenant_id=archive.tenant_id,
            target_tenant_id=target,
            snapshot_at=archive.snapshot_at or archive.created_at,
            actor_name=actor.name or actor.user_id,
        )


def note_safety(restore: Restore, archive: Archive) -> None:
    """Name the archive of what was there before, which is kept out of the count of generations."""
    restore.safety_archive_id = archive.id
    with platform_transaction():
        restore.save(update_fields=["safety_archive_id"])


def note_loaded(restore: Restore, *, rows: int, objects: int, report: dict[str, Any]) -> None:
    """Say in the owner's transaction that loads the rows that they are there; it commits with them."""
    restore.state, restore.rows, restore.objects_count = RestoreState.LOADED, rows, objects
    restore.report = report
    restore.save(using=OWNER_ALIAS, update_fields=["state", "rows", "objects_count", "report"])


def close(restore: Restore, state: RestoreState, *, error: str = "") -> None:
    """End the entry. In the transaction of the caller, which undoes or records what belongs to it."""
    now = timezone.now()
    restore.state, restore.error, restore.finished_at = state, error, now
    restore.seconds = (now - restore.started_at).total_seconds()
    with platform_transaction():
        restore.save(update_fields=["state", "error", "finished_at", "seconds", "rows", "objects_count", "report"])


def record_failure(restore: Restore, cause: str, *, actor: Actor) -> None:
    """Into the log of the tenant whose archive was to be restored."""
    with platform_transaction(), tenant_scope(restore.tenant_id):
        target = Target(Restore._meta.label_lower, str(restore.id), str(restore.archive_id))
        record(RESTORE_REFUSED, actor=actor, target=target, outcome=Outcome.FAILURE, after={"cause": cause})


def dead_restores() -> Iterator[Restore]:
    """The open entries that nobody works on any more, each while its lock is held here."""
    with platform_transaction():
        found = Restore.objects.filter(state__in=OPEN).exclude(kind=RestoreKind.REBUILD)  # goes on when asked to
        listed = list(found.order_by("started_at"))
    for restore in listed:
        with suppress(RunningAlready), exclusive(restore.tenant_id, LOCK):
            with platform_transaction():
                restore.refresh_from_db()
            if restore.state in OPEN:
                yield restore


def is_committed(tenant_id: UUID) -> bool:
    """Whether the directory has that tenant."""
    with tenant_scope(None), connections["default"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM company_of(%s))", [tenant_id])
        return bool(cursor.fetchone()[0])
