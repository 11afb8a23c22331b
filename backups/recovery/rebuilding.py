"""Rebuilding the whole service into an empty database, from the backup store and the key store alone (B5, B6).

Killed anywhere, it goes on when it is begun again: what belongs to no company comes in one transaction, each company in
one of its own. All are closed until everything was checked.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.models import RetentionClass
from auditlog.partitions import make_partitions, make_partitions_of
from auditlog.sealing.headchecks import verify_heads
from auditlog.sealing.sealer import recover, seal
from auditlog.sealing.verifying import verify_tenant
from auditlog.services import record
from backups.drills.models import CheckCode, Drill, Kind
from backups.drills.services import keep
from backups.preconditions import check_database
from backups.progress import Progress, silent
from backups.recovery import journal, numbering
from backups.recovery.actions import SERVICE_REBUILT
from backups.recovery.models import Restore, RestoreState
from backups.recovery.platformload import begun, load_platform, platform_manifest
from backups.recovery.relisting import fill_catalogue, fill_platform_catalogue
from backups.recovery.replay import close_gates, erase_again, replay
from backups.recovery.tenantload import load_company, loaded_companies
from backups.release import tool
from backups.runs.platformmanifest import PlatformManifest
from tenants.isolation.context import tenant_scope
from tenants.isolation.report import check_wall
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant
from tenants.queries import all_tenants, provider_scope
from tenants.services import thaw_tenant
from vault.stores import ObjectStore

WORKERS = min(8, os.cpu_count() or 1)


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did: a line for each company, seconds by step, and everything that is not as it should be."""

    platform_archive: UUID
    snapshot_at: datetime
    resumed: bool
    companies: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Measure a step."""
        began = perf_counter()
        yield
        self.seconds[step] = round(self.seconds.get(step, 0) + perf_counter() - began, 3)

    def as_json(self) -> dict[str, Any]:
        """For machines, and for the journal."""
        return {
            "platform_archive": str(self.platform_archive),
            "snapshot_at": self.snapshot_at.isoformat(),
            "resumed": self.resumed,
            "seconds": self.seconds,
            "total_seconds": round(sum(self.seconds.values()), 3),
            "companies": self.companies,
            "findings": self.findings,
        }


def rebuild(
    store: ObjectStore, *, actor: Actor, archive_id: UUID | None = None, progress: Progress = silent
) -> Rebuilt:
    """Rebuild everything from the newest platform archive, or from the named one, into a migrated, empty database.

    Companies keep their ids, keys and sealed secrets; contents that the document store lacks are put back. Recorded in
    the log of every company. Raises RestoreRefused (a database that is not empty), ArchiveUnknown, ArchiveDamaged,
    VaultError, DatabaseError; begun again, it goes on.
    """
    check_database()
    master = begun()
    manifest = platform_manifest(store, master.archive_id if master else archive_id)
    done = Rebuilt(manifest.place.archive_id, manifest.snapshot_at, resumed=master is not None)
    with done.timed("platform"):
        master = master or load_platform(store, manifest, actor=actor, progress=progress)
        close_gates(store)
        tenants = [one for one in all_tenants() if one.state != State.ERASED and one.placement == DEFAULT_DB_ALIAS]
        _make_room(manifest)
    with done.timed("companies"):
        loaded = _load_companies(store, manifest, tenants, master, progress)
        numbering.move_transactions_on(max((int(one.report["newest"]) for one in loaded.values()), default=0))
    with done.timed("catalogue"):
        for tenant in tenants:
            with tenant_scope(tenant.id):
                fill_catalogue(store, actor=actor)
        with provider_scope():
            fill_platform_catalogue(store, actor=actor)
    with done.timed("replay"):
        for tenant_id, restore in loaded.items():
            replay(tenant_id, restore.snapshot_at)
        erase_again(store, actor=actor)
    with done.timed("seals"):
        _go_on_sealing(tenants, actor)
    with done.timed("checks"):
        _check(done, tenants, loaded)
    _open(done, master, loaded, actor)
    return done


def _make_room(manifest: PlatformManifest) -> None:
    """The partitions of the log from its first event on, made before several transactions write into it at once."""
    today = timezone.now().astimezone(UTC).date()
    with platform_transaction(), connections["platform"].cursor() as cursor:
        cursor.execute("SELECT min(first_at) FROM sealing_segment")
        (first,) = cursor.fetchone()
    oldest = (first or manifest.snapshot_at).astimezone(UTC).date() - timedelta(days=1)
    for kept in RetentionClass:
        begin = max(oldest, today - timedelta(days=kept.days))
        while begin <= today:
            make_partitions_of(kept, begin, min(today, begin + timedelta(days=365)))
            begin += timedelta(days=366)
    make_partitions()


def _load_companies(
    store: ObjectStore, manifest: PlatformManifest, tenants: list[Tenant], master: Restore, progress: Progress
) -> dict[UUID, Restore]:
    loaded = loaded_companies(master)
    waiting = [tenant.id for tenant in tenants if tenant.id not in loaded]

    def load(tenant_id: UUID) -> Restore | None:
        try:
            return load_company(store, manifest, tenant_id, master)
        finally:
            connections.close_all()  # those of this thread

    with ThreadPoolExecutor(max_workers=WORKERS) as workers:
        for number, (tenant_id, restore) in enumerate(zip(waiting, workers.map(load, waiting), strict=True), start=1):
            progress("companies", number, len(waiting))
            if restore is not None:
                loaded[tenant_id] = restore
    return loaded


def _go_on_sealing(tenants: list[Tenant], actor: Actor) -> None:
    """Take over the heads that the anchor store holds beyond those of the archive, then seal what is new."""
    with provider_scope():
        recover(actor=actor)
    seal([tenant.id for tenant in tenants])


def _check(done: Rebuilt, tenants: list[Tenant], loaded: dict[UUID, Restore]) -> None:
    done.findings += [str(finding) for finding in check_wall("default").findings]
    heads = verify_heads()
    if heads.finding:
        done.findings.append(str(heads.finding))
    for tenant in tenants:
        done.companies.append(_of_company(done, tenant, loaded.get(tenant.id)))


def _of_company(done: Rebuilt, tenant: Tenant, restore: Restore | None) -> dict[str, Any]:
    line: dict[str, Any] = {"company_code": tenant.company_code, "archive": None}
    if restore is None:
        done.findings.append(f"{tenant.company_code}: no archive")
        return line
    report = verify_tenant(tenant.id)
    if report.finding:
        done.findings.append(f"{tenant.company_code}: {report.finding}")
    return line | {
        "archive": str(restore.archive_id),
        "snapshot_at": restore.snapshot_at.isoformat(),
        "rows": restore.rows,
        "objects": restore.objects_count,
        "audit_events": report.events,
        "audit": "broken" if report.finding else "verified",
        **{key: restore.report[key] for key in ("older", "damaged", "seals_cut", "contents_put_back")},
    }


def _open(done: Rebuilt, master: Restore, loaded: dict[UUID, Restore], actor: Actor) -> None:
    """Record it in every log and open the companies; one without an archive stays closed."""
    with platform_transaction():
        tenants = {tenant.id: tenant for tenant in Tenant.objects.filter(id__in=loaded)}
        for tenant_id, restore in loaded.items():
            with tenant_scope(tenant_id):
                after = {"archive": str(restore.archive_id), "snapshot_at": restore.snapshot_at.isoformat()}
                record(SERVICE_REBUILT, actor=actor, target=tenants[tenant_id], after=after)
            thaw_tenant(tenant_id, actor=actor)
            journal.close(restore, RestoreState.DONE)
        master.report = done.as_json()
        journal.close(master, RestoreState.DONE)
        with provider_scope() as provider_id:
            keep(_measured(done, master, loaded, provider_id), actor=actor)


def _measured(done: Rebuilt, master: Restore, loaded: dict[UUID, Restore], provider_id: UUID) -> Drill:
    """The recovery time for the series; of a rebuild that was killed and went on, all the time since it began."""
    missing = any(one["archive"] is None for one in done.companies)
    return Drill(
        kind=Kind.REBUILD,
        tenant_id=provider_id,
        archive_id=done.platform_archive,
        snapshot_at=done.snapshot_at,
        started_at=master.started_at,
        load_seconds=done.seconds["platform"] + done.seconds["companies"],
        check_seconds=done.seconds["checks"],
        seconds=max(sum(done.seconds.values()), master.seconds or 0),
        rows=master.rows + sum(restore.rows for restore in loaded.values()),
        objects_listed=sum(restore.objects_count for restore in loaded.values()),
        sound=not done.findings,
        cause=(CheckCode.ARCHIVE if missing else CheckCode.LOG) if done.findings else "",
        error="; ".join(done.findings),
        tool=tool(),
    )
