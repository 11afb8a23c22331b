"""Restoring a company in place: freeze, safety archive, contents, rows, replay, thaw (B6).

Whatever fails, and wherever the process is killed, the company is exactly as before or exactly as restored, and it is
open again: here, or at the next sweep (`backups.recovery.sweeping`).
"""

import time

from django.db import connections
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from backups.errors import RestoreRefused
from backups.locks import exclusive
from backups.manifest import Manifest, read_manifest
from backups.models import Archive, State
from backups.preconditions import check_database, check_manifest
from backups.progress import Progress, silent
from backups.recovery import journal
from backups.recovery.contents import put_back
from backups.recovery.models import Restore, RestoreKind
from backups.recovery.replay import was_erased
from backups.recovery.rolling import roll_back
from backups.recovery.sweeping import cause_of, finish, give_up, sweep
from backups.taking import take_archive
from backups.verifying import verify_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tenants.models import State as TenantState
from tenants.models import Tenant
from tenants.services import freeze_tenant
from vault.stores import ObjectStore, backup_store

# Requests that were under way when the company was frozen are given so long to end, in seconds.
PATIENCE = 60.0


def restore_in_place(archive: Archive, *, actor: Actor, progress: Progress = silent) -> Restore:
    """Put a company's data back to what it was at the moment of an archive of its own.

    Nobody can enter meanwhile, and other companies notice nothing. What says what has happened since (audit log, staff
    access) stays; sessions end. The state before is kept as a safety archive, named in the result. Recorded in the logs
    of the company and of the provider. Call it with no transaction open. Raises RestoreRefused or ArchiveDamaged with
    the cause, RunningAlready, VaultError, DatabaseError; unless it is killed, nothing is changed then.
    """
    store = backup_store()
    check_database()
    sweep(actor=actor)
    manifest = checked_manifest(store, archive)
    require_own_tenant(archive)
    with exclusive(archive.tenant_id, journal.LOCK):
        restore = _frozen(archive, actor)
        try:
            wait_for_requests()
            journal.note_safety(restore, _safety_archive(archive, actor, progress))
            with exclusive(archive.tenant_id):
                put_back(store, manifest, progress)
                roll_back(store, manifest, restore, progress)
        except BaseException as error:
            give_up(restore, cause_of(error), actor=actor)
            raise
        finish(restore, actor=actor)
    return restore


def checked_manifest(store: ObjectStore, archive: Archive) -> Manifest:
    """The manifest of an archive that this release can restore. Raises RestoreRefused, ArchiveDamaged."""
    if archive.state == State.DAMAGED:
        raise RestoreRefused(_("The backup was found damaged: %(cause)s.") % {"cause": archive.error})
    manifest = read_manifest(store, archive.place, sha256=archive.manifest_sha256)
    check_manifest(manifest)
    return manifest


def require_own_tenant(archive: Archive) -> None:
    """Raise RestoreRefused when the company of the archive is gone."""
    with platform_transaction():
        tenant = Tenant.objects.filter(id=archive.tenant_id).first()
    if tenant is None or tenant.state == TenantState.ERASED or was_erased(archive.tenant_id):
        raise RestoreRefused(_("The company of this backup is gone. Restore it as a new company."))


def _frozen(archive: Archive, actor: Actor) -> Restore:
    """The entry in the journal and the freeze, in one transaction: neither is there without the other."""
    with platform_transaction():
        restore = journal.begin(RestoreKind.IN_PLACE, archive, target=archive.tenant_id, actor=actor)
        if not freeze_tenant(archive.tenant_id, actor=actor):
            raise RestoreRefused(_("The company is closed already for another restore."))
    return restore


def wait_for_requests() -> None:
    """Return when every transaction that may have begun before the freeze has ended. Raises RestoreRefused."""
    deadline = time.monotonic() + PATIENCE
    with tenant_scope(None), connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        (limit,) = cursor.fetchone()
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::text::xid8", [limit])
            if cursor.fetchone()[0]:
                return
            if time.monotonic() > deadline:
                raise RestoreRefused(_("A request or a job that writes does not end. Try again when it has."))
            time.sleep(0.05)


def _safety_archive(archive: Archive, actor: Actor, progress: Progress) -> Archive:
    with tenant_scope(archive.tenant_id):
        safety = take_archive(actor=actor, progress=progress)
        if not verify_archive(safety, actor=actor, progress=progress):
            raise RestoreRefused(_("The present state could not be backed up: %(cause)s") % {"cause": safety.error})
    return safety
