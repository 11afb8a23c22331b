"""`backup restore ID --tables …`: missing rows of some tables come back; what is there stays as it is (B6)."""

from collections.abc import Sequence

from django.db import IntegrityError, connections, transaction
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from backups.content import ArchivedTable, referred_tables
from backups.errors import RestoreRefused
from backups.loading import Loader
from backups.locks import exclusive
from backups.manifest import Manifest
from backups.models import Archive
from backups.objects import read_list
from backups.preconditions import check_database
from backups.progress import Progress, silent
from backups.recovery import journal
from backups.recovery.contents import put_one_back
from backups.recovery.inplace import checked_manifest, require_own_tenant
from backups.recovery.missing import MissingRows
from backups.recovery.models import Restore, RestoreKind
from backups.recovery.rolling import rolled_back_tables
from backups.recovery.sweeping import cause_of, finish, give_up, sweep
from backups.tableparts import TablesReader
from documents.models import DocumentVersion
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from vault.stores import ObjectStore, backup_store

_VERSIONS = DocumentVersion._meta.db_table


def bring_back_rows(
    archive: Archive,
    *,
    tables: Sequence[str],
    actor: Actor,
    with_parents: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Restore:
    """Bring back the rows of some tables that are missing now, with their contents; the counts are in `report`.

    Never those of tables that are not rolled back. Recorded in the logs of the company and the provider; a dry run
    changes nothing, and its entry is not kept. Raises RestoreRefused with the names of tables or of missing parents,
    ArchiveDamaged, RunningAlready, VaultError, DatabaseError; nothing is changed then.
    """
    store = backup_store()
    check_database()
    sweep(actor=actor)
    manifest = checked_manifest(store, archive)
    require_own_tenant(archive)
    known = {table.name: table for table in rolled_back_tables()}
    if unknown := sorted(set(tables) - known.keys()):
        raise RestoreRefused(_("No rows come back into these tables: %(tables)s.") % {"tables": ", ".join(unknown)})
    chosen = frozenset(tables)
    looked_at = _with_ancestors(known, chosen) if with_parents else chosen
    if dry_run:
        restore = Restore(kind=RestoreKind.TABLES, tenant_id=archive.tenant_id, target_tenant_id=archive.tenant_id)
        return _loaded(store, manifest, restore, chosen, {name: known[name] for name in looked_at}, keep=False)
    with exclusive(archive.tenant_id, journal.LOCK), exclusive(archive.tenant_id):
        restore = journal.begin(RestoreKind.TABLES, archive, target=archive.tenant_id, actor=actor)
        progress("rows", 0, 1)
        try:
            _loaded(store, manifest, restore, chosen, {name: known[name] for name in looked_at}, keep=True)
        except BaseException as error:
            give_up(restore, cause_of(error), actor=actor)
            raise
        finish(restore, actor=actor)
    return restore


def _loaded(
    store: ObjectStore,
    manifest: Manifest,
    restore: Restore,
    chosen: frozenset[str],
    tables: dict[str, ArchivedTable],
    *,
    keep: bool,
) -> Restore:
    tenant_id = restore.target_tenant_id
    loader, reader = Loader(tenant_id, tenant_id), TablesReader(store, manifest.place)
    missing = MissingRows(tenant_id, loader, tables, chosen)
    entries = [entry for entry in manifest.tables if entry.name in tables]
    counts: dict[str, dict[str, int]] = {}
    try:
        with (
            tenant_scope(tenant_id),
            transaction.atomic(using=OWNER_ALIAS, durable=True),
            connections[OWNER_ALIAS].cursor() as cursor,
        ):
            for entry in entries:
                missing.stage(cursor, entry, reader.read(entry))
            missing.want_parents(cursor)
            missing.require_parents(cursor)
            names = missing.wanted_values(cursor, _VERSIONS, "object_name")
            if keep:
                _put_back(store, manifest, names)
            for entry in entries:
                counts[entry.name] = missing.insert(cursor, entry)
            loader.check_constraints()
            restore.rows = sum(count["brought_back"] for count in counts.values())
            restore.objects_count, restore.report = len(names), {"tables": counts}
            if keep:
                journal.note_loaded(restore, rows=restore.rows, objects=len(names), report=restore.report)
            transaction.set_rollback(not keep, using=OWNER_ALIAS)
            for name in missing.staged if keep else ():
                cursor.execute(f'DROP TABLE pg_temp."{f"missing_{name}"[:63]}"')
    except IntegrityError as error:
        raise RestoreRefused(_("The database refused the rows: %(cause)s") % {"cause": error}) from error
    return restore


def _put_back(store: ObjectStore, manifest: Manifest, names: set[str]) -> None:
    for content in read_list(store, manifest) if names else ():
        if content.name in names:
            put_one_back(store, content, manifest.place.tenant_id)


def _with_ancestors(known: dict[str, ArchivedTable], chosen: frozenset[str]) -> frozenset[str]:
    found, waiting = set(chosen), list(chosen)
    while waiting:
        parents = {name for name in referred_tables(known[waiting.pop()].model) if name in known}
        waiting += sorted(parents - found)
        found |= parents
    return frozenset(found)
