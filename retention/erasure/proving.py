"""The proof that nothing of a company is left: every declared table and store, and a search that believes none (R1)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone
from psycopg import sql

from backups.errors import ArchiveDamaged
from backups.layout import ArchivePlace, places_in_store
from backups.manifest import read_manifest
from backups.verifying import check_parts
from retention.erasure import ledger, memory
from retention.erasure.errors import StillReadable
from retention.erasure.objects import Place, backups_of, contents_of, naming
from retention.erasure.rows import count_rows
from retention.erasure.scanning import STATISTICS, Hit, Marks, search
from retention.erasure.tables import tables_to_empty
from retention.erasure.working import Work
from tenants.isolation.assets import Erasure as Way
from tenants.isolation.assets import declared_assets
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.placement import OWNER_ALIAS
from vault.keys import key_store
from vault.stores import backup_store


def prove(work: Work, canaries: Sequence[str] = ()) -> list[str]:
    """Look everywhere; what was looked at goes into the erasure's `proof`. Returns where something is left.

    Raises DatabaseError, VaultError, redis.RedisError when it cannot be told.
    """
    _settle(work)
    marks = Marks(work.tenant_id, work.company_code, tuple(canaries))
    residue: list[str] = []
    tables = {table.name: count_rows(table, work.tenant_id) for table in tables_to_empty()}
    residue += [name for name, rows in tables.items() if rows]
    scan, found = _scan(marks)
    stores, objects = _stores(marks)
    remembered = memory.look(work.tenant_id, *canaries)
    residue += found + objects + (["memory"] if remembered.keys or remembered.messages else [])
    has_keys = key_store().has_tenant_keys(work.tenant_id)
    residue += ["keys"] if has_keys else []
    work.erasure.proof |= {
        "at": timezone.now().isoformat(),
        "tables": tables,
        "scan": scan,
        "stores": stores,
        "memory": {"keys": remembered.keys, "messages": remembered.messages},
        "keys": {"left": has_keys, "destroyed": key_store().destroyed(work.tenant_id) is not None},
        "residue": sorted(set(residue)),
    }
    return sorted(set(residue))


def try_newest_archive(tenant_id: UUID) -> dict[str, Any]:
    """Try to read the newest backup, as somebody would who had kept a copy of it. Raises StillReadable when that goes.

    The answer names the archive and how many bytes of it are there, and with which words it was refused.
    """
    store = backup_store()
    for place in _newest_first(tenant_id):
        with suppress(ArchiveDamaged):  # one that was never finished, or that is not ours
            manifest = read_manifest(store, place)
            try:
                check_parts(store, manifest)
            except ArchiveDamaged as damage:
                refused = {"cause": damage.cause.name.lower(), "why": str(damage.__cause__ or damage)[:200]}
                return {"archive": str(place.archive_id), "at": timezone.now().isoformat(), **refused}
            if manifest.rows:
                raise StillReadable(str(place.archive_id))
    return {"archive": None, "at": timezone.now().isoformat()}


def _newest_first(tenant_id: UUID) -> Iterator[ArchivePlace]:
    places = [place for place, _found in places_in_store(backup_store(), tenant_id)]
    yield from sorted(places, key=lambda place: place.archive_id, reverse=True)


def _settle(work: Work) -> None:
    """Let the database write over the places of the deleted rows, and forget what the planner knew of their values."""
    connection = connections[OWNER_ALIAS]
    with tenant_scope(None), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for name in sorted(work.counts.get("tables", {})):
            cursor.execute(sql.SQL("VACUUM (ANALYZE, SKIP_LOCKED) {}").format(sql.Identifier(name)))
        cursor.execute("RESET statement_timeout")


def _scan(marks: Marks) -> tuple[dict[str, Any], list[str]]:
    """What the raw search read; what it found, apart by whose it is; and where something is left."""
    searched = search(marks)
    provider = provider_company()
    kept: dict[str, int] = {}
    elsewhere: dict[str, int] = {}
    residue: list[str] = []
    for hit in searched.hits:
        if hit.table == STATISTICS and not hit.canaries:  # of rows that are there still, and were told
            continue
        if hit.canaries or (hit.owner == marks.tenant_id and not _stays(hit)):
            residue.append(hit.table)
        elif _stays(hit) or (provider and hit.owner == provider.tenant_id):
            kept[hit.table] = kept.get(hit.table, 0) + max(hit.ids, hit.codes)
        elif hit.owner is not None:  # another company's own words
            elsewhere[hit.table] = elsewhere.get(hit.table, 0) + max(hit.ids, hit.codes)
        else:
            residue.append(hit.table)
    seen = {"tables": searched.tables, "rows": searched.rows, "kept": kept, "elsewhere": elsewhere}
    return seen | {"residue": sorted(residue)}, residue


def _stays(hit: Hit) -> bool:
    """Whether the table is declared to stay."""
    asset = declared_assets().get(hit.table)
    return asset is not None and asset.erasure is Way.KEEP


def _stores(marks: Marks) -> tuple[dict[str, Any], list[str]]:
    """Objects by prefix, and by any name in which a mark occurs; what a lock keeps is told and is no residue."""
    seen: dict[str, Any] = {}
    residue: list[str] = []
    words = [*marks.ids[:2], *marks.canaries]
    places: list[Place] = [contents_of(marks.tenant_id), *backups_of(marks.tenant_id)]
    for place in places:
        names = naming(place.store, words)
        ours = [name for name in names if name.startswith(place.prefix)]
        strange = [name for name in names if not name.startswith((place.prefix, ledger.PREFIX))]
        locked = len(ours) if place.locks else 0
        seen[place.name] = {"objects": len(ours) - locked, "locked": locked, "named_elsewhere": len(strange)}
        residue += [f"store.{place.name}"] if len(ours) > locked or strange else []
    return seen, residue
