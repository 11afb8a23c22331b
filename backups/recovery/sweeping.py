"""Ending restores: those that went well, those that failed, and those whose process died (B6)."""

import logging
from uuid import UUID

from django.db import DatabaseError

from auditlog.actors import Actor
from auditlog.services import record
from backups.errors import BackupError
from backups.recovery import journal
from backups.recovery.actions import RESTORED_IN_PLACE, ROWS_BROUGHT_BACK
from backups.recovery.models import Restore, RestoreKind, RestoreState
from backups.recovery.replay import replay
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tenants.services import thaw_tenant
from vault.errors import VaultError
from vault.keys import key_store
from vault.stores import document_store

logger = logging.getLogger(__name__)

INTERRUPTED = "the process that restored was ended"
_DONE = {RestoreKind.IN_PLACE: RESTORED_IN_PLACE, RestoreKind.TABLES: ROWS_BROUGHT_BACK}


def sweep(*, actor: Actor) -> list[Restore]:
    """Bring every restore to an end whose process is gone; returns those.

    Where the rows were committed what is missing is done; otherwise everything is as before, so that is made true:
    the company is open, and a tenant that never came to be leaves no contents and no keys.
    """
    ended = []
    for restore in journal.dead_restores():
        try:
            _end(restore, actor)
        except (BackupError, VaultError, DatabaseError):
            logger.exception("The interrupted restore %s could not be brought to an end; the next sweep tries", restore)
        else:
            ended.append(restore)
    return ended


def finish(restore: Restore, *, actor: Actor) -> None:
    """What follows the rows: replay, the record of it, and the company is open again. May run again after a kill."""
    restore.report |= {"replayed": replay(restore.target_tenant_id, restore.snapshot_at)}
    provider = provider_company()
    with platform_transaction():
        target = Tenant.objects.get(id=restore.target_tenant_id)
        for tenant_id in {restore.target_tenant_id, *([provider.tenant_id] if provider else [])}:
            with tenant_scope(tenant_id):
                record(_DONE[RestoreKind(restore.kind)], actor=actor, target=target, after=_described(restore))
        thaw_tenant(restore.target_tenant_id, actor=actor)
        journal.close(restore, RestoreState.DONE)


def give_up(restore: Restore, cause: str, *, actor: Actor) -> None:
    """Undo a restore whose rows never came: nothing was changed, so the company is open and what was new is gone."""
    if restore.kind == RestoreKind.BESIDE:
        remove_tenant_that_never_was(restore.target_tenant_id)
    with platform_transaction():
        if restore.kind == RestoreKind.IN_PLACE:
            thaw_tenant(restore.target_tenant_id, actor=actor)
        journal.record_failure(restore, cause, actor=actor)
        journal.close(restore, RestoreState.FAILED, error=cause)


def remove_tenant_that_never_was(tenant_id: UUID) -> None:
    """Remove contents and keys under an id that the directory does not know. Raises VaultError."""
    for info in list(document_store().list(f"{tenant_id}/")):
        document_store().delete(info.name)
    key_store().discard_tenant_keys(tenant_id)


def cause_of(error: BaseException) -> str:
    """Why a restore failed, for people; of an unexpected error only its kind, which tells nothing of the data."""
    return str(error) if isinstance(error, BackupError | VaultError | DatabaseError) else type(error).__name__


def _end(restore: Restore, actor: Actor) -> None:
    if restore.state == RestoreState.LOADED:
        finish(restore, actor=actor)
    elif restore.kind == RestoreKind.BESIDE and journal.is_committed(restore.target_tenant_id):
        journal.close(restore, RestoreState.DONE)
    else:
        give_up(restore, INTERRUPTED, actor=actor)


def _described(restore: Restore) -> dict[str, object]:
    return {
        "archive": str(restore.archive_id),
        "snapshot_at": restore.snapshot_at.isoformat(),
        "rows": restore.rows,
        "objects": restore.objects_count,
        "safety_archive": str(restore.safety_archive_id) if restore.safety_archive_id else None,
        **restore.report,
    }
