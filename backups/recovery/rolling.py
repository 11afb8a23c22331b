"""Putting a tenant's rows back to what an archive holds, in one transaction of the owner (B6).

What is rolled back is read from the declarations: archived tables, but for those that say what has happened since (the
audit log above all). Tables that are not archived stay too, but for rows that speak of somebody who is gone.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from accounts.models import Session
from backups.content import ArchivedTable, archived_tables
from backups.errors import RestoreRefused
from backups.loading import Loader
from backups.manifest import Manifest
from backups.progress import Progress
from backups.recovery import journal, oneway
from backups.recovery.models import Restore
from backups.tableparts import TablesReader
from tenants.isolation.assets import TableKind, asset_models
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from vault.stores import ObjectStore

_DANGLING = """ WHERE {table}.tenant_id = {tenant} AND {table}.{column} IS NOT NULL AND NOT EXISTS (
    SELECT FROM {target} AS there WHERE there.tenant_id = {tenant} AND there.id = {table}.{column})"""
_EMPTIED = "UPDATE {table} SET {column} = NULL" + _DANGLING  # noqa: S608 - filled in by psycopg.sql
_DELETED = "DELETE FROM {table}" + _DANGLING  # noqa: S608


def rolled_back_tables() -> tuple[ArchivedTable, ...]:
    """The tables that a restore in place puts back; a table comes after those that it refers to."""
    kept = {model._meta.db_table for model, asset in asset_models() if not asset.rolled_back}
    return tuple(table for table in archived_tables() if table.name not in kept)


def roll_back(store: ObjectStore, manifest: Manifest, restore: Restore, progress: Progress) -> int:
    """Replace the tenant's rows by those of the archive; returns how many. All or nothing, and the journal knows which.

    Raises ArchiveDamaged, RestoreRefused, DatabaseError; everything is as before then.
    """
    tables = {table.name: table for table in rolled_back_tables()}
    tenant_id = restore.target_tenant_id
    loader, rows = Loader(manifest.place.tenant_id, tenant_id), 0
    reader = TablesReader(store, manifest.place)
    entries = [entry for entry in manifest.tables if entry.name in tables and entry.rows]
    try:
        with tenant_scope(tenant_id), transaction.atomic(using=OWNER_ALIAS, durable=True):
            with connections[OWNER_ALIAS].cursor() as cursor:
                oneway.remember(cursor, tenant_id)
                for table in reversed(tables.values()):
                    _delete(cursor, table.name, tenant_id)
            for number, entry in enumerate(entries):
                progress(entry.name, number, len(entries))
                loader.load(tables[entry.name], entry, reader.read(entry))
                rows += entry.rows
            with connections[OWNER_ALIAS].cursor() as cursor:
                oneway.apply(cursor, tenant_id)
                _delete(cursor, Session._meta.db_table, tenant_id)
                gone = clear_dangling(cursor, tenant_id)
            loader.check_constraints()
            journal.note_loaded(restore, rows=rows, objects=manifest.objects.count, report={"gone": gone})
    except IntegrityError as error:
        raise RestoreRefused(_("The database refused the rows: %(cause)s") % {"cause": error}) from error
    return rows


def clear_dangling(cursor: Any, tenant_id: UUID) -> dict[str, int]:
    """Remove what speaks of rows that are gone from the tables that stay; an optional reference is only emptied.

    Links, pending second factors and the like of people who are no users any more. Returns how many rows, by table.
    """
    gone: dict[str, int] = {}
    again = True
    while again:
        again = False
        for table, column, target, optional in _references_out():
            statement = sql.SQL(_EMPTIED if optional else _DELETED).format(
                table=sql.Identifier(table),
                column=sql.Identifier(column),
                target=sql.Identifier(target),
                tenant=sql.Literal(tenant_id),
            )
            cursor.execute(statement)
            if cursor.rowcount:
                again = True
                gone[table] = gone.get(table, 0) + cursor.rowcount
    return gone


def _references_out() -> Iterator[tuple[str, str, str, bool]]:
    """The references of tables that stay: table, column, the table they lead to, whether they may be empty."""
    for model, asset in asset_models():
        if asset.kind is not TableKind.TENANT or (asset.archived and asset.rolled_back):
            continue
        for field in model._meta.local_concrete_fields:
            if field.remote_field is not None and field.related_model is not None:
                yield model._meta.db_table, str(field.column), field.remote_field.model._meta.db_table, field.null


def _delete(cursor: Any, table: str, tenant_id: UUID) -> None:
    cursor.execute(sql.SQL("DELETE FROM {} WHERE tenant_id = {}").format(sql.Identifier(table), sql.Literal(tenant_id)))
