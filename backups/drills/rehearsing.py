"""One drill: an archive into a scratch database, and everything about it looked at and measured (B5, B6)."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import errors

from backups.content import archived_tables
from backups.drills.checking import CHECKS, CheckFailed, Restored
from backups.drills.errors import ScratchUnavailable
from backups.drills.models import CheckCode, Drill
from backups.drills.scratch import scratch_database
from backups.errors import ArchiveDamaged, Cause, RestoreRefused
from backups.loading import Loader
from backups.manifest import Manifest, TableEntry, read_manifest
from backups.models import Archive
from backups.preconditions import check_manifest
from backups.progress import Progress, silent
from backups.release import tool
from backups.tableparts import TablesReader
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.models import Tenant
from vault.stores import ObjectStore, backup_store

# What is wrong with a part says which check it is that failed; everything else is a failure to load.
_CAUSES = {Cause.ROWS: CheckCode.ROWS, Cause.DIGEST: CheckCode.DIGESTS}


@dataclass(slots=True)
class _Results:
    """What the checks found, one after the other."""

    checks: list[dict[str, Any]] = field(default_factory=list)
    cause: CheckCode | None = None
    error: str = ""

    def run(self, code: CheckCode, check: Callable[[], int]) -> bool:
        """Run a check and note what it found; whether that was all right. Raises what proves nothing about it."""
        begun, error = monotonic(), ""
        try:
            found = check()
        except (CheckFailed, RestoreRefused) as failure:
            found, error = 0, str(failure)
        except ArchiveDamaged as damage:
            code = _CAUSES.get(damage.cause, code) if code is CheckCode.LOAD else code
            found, error = 0, str(damage)
        except (OperationalError, InterfaceError) as failure:
            raise ScratchUnavailable(_("The scratch server went away: %(cause)s") % {"cause": failure}) from failure
        except DatabaseError as failure:
            code = CheckCode.FOREIGN_KEYS if isinstance(failure.__cause__, errors.ForeignKeyViolation) else code
            found, error = 0, str(failure).strip()
        seconds = round(monotonic() - begun, 3)
        self.checks.append({"code": code, "sound": not error, "count": found, "error": error, "seconds": seconds})
        if error and self.cause is None:
            self.cause, self.error = code, error
        return not error


def rehearse(archive: Archive, *, progress: Progress = silent) -> Drill:
    """Restore an archive into a scratch database and check it; what was found and how long it took, not yet kept.

    Call it with no transaction open. Raises NoScratchServer, ScratchRefused, ScratchUnavailable, StoreUnavailable: then
    nothing is known about the archive.
    """
    drill = Drill(id=new_id(), tenant_id=archive.tenant_id, archive_id=archive.id, tool=tool())
    drill.started_at, drill.snapshot_at = timezone.now(), archive.snapshot_at
    store, results, begun = backup_store(), _Results(), monotonic()
    progress("scratch database", 0, 0)
    with scratch_database() as alias, tenant_scope(archive.tenant_id):
        prepared = monotonic()
        restored = _loaded(drill, archive, store, alias, results, progress)
        loaded = monotonic()
        if restored is not None:
            _check(restored, results)
            drill.rows, drill.objects_listed = restored.manifest.rows, restored.manifest.objects.count
            drill.files_opened, drill.bytes_opened = restored.files_opened, restored.bytes_opened
        ended = monotonic()
    drill.prepare_seconds, drill.load_seconds = prepared - begun, loaded - prepared
    drill.check_seconds, drill.seconds = ended - loaded, ended - prepared
    drill.sound, drill.cause, drill.error = results.cause is None, results.cause or "", results.error
    drill.checks = results.checks
    return drill


def _loaded(
    drill: Drill, archive: Archive, store: ObjectStore, alias: str, results: _Results, progress: Progress
) -> Restored | None:
    """The rows in the scratch database; None when that failed, as noted in the results."""
    manifests: list[Manifest] = []

    def read() -> int:
        manifests.append(read_manifest(store, archive.place, sha256=archive.manifest_sha256))
        check_manifest(manifests[0])
        return 1

    if not results.run(CheckCode.ARCHIVE, read):
        return None
    restored = Restored(drill.id, store, manifests[0], alias, progress)
    return restored if results.run(CheckCode.LOAD, lambda: _load(restored)) else None


def _load(restored: Restored) -> int:
    """All rows in one transaction under their own tenant; foreign keys are checked at its end, as in a restore."""
    manifest = restored.manifest
    tables = {table.name: table for table in archived_tables()}
    reader = TablesReader(restored.store, manifest.place)
    loader = Loader(restored.tenant_id, restored.tenant_id, alias=restored.alias)
    company = Tenant(
        id=restored.tenant_id,
        company_code=manifest.company.code,
        name=manifest.company.name,
        plan_code=manifest.company.plan,
        time_zone=manifest.company.time_zone,
    )
    with transaction.atomic(using=restored.alias, durable=True):
        company.save(using=restored.alias, force_insert=True)
        for number, entry in enumerate(manifest.tables):
            restored.progress(entry.name, number, len(manifest.tables))
            loader.load(tables[entry.name], entry, _measured(restored, reader, entry))
        loader.check_constraints()
    return manifest.rows


def _measured(restored: Restored, reader: TablesReader, entry: TableEntry) -> Iterator[bytes]:
    """The text of a table on its way in, and its digest for the comparison afterwards."""
    digest = hashlib.sha256()
    for piece in reader.read(entry):
        digest.update(piece)
        yield piece
    restored.streamed[entry.name] = digest.hexdigest()


def _check(restored: Restored, results: _Results) -> None:
    for number, (code, check) in enumerate(CHECKS.items()):
        restored.progress(str(code), number, len(CHECKS))
        results.run(code, partial(_in_transaction, check, restored))


def _in_transaction(check: Callable[[Restored], int], restored: Restored) -> int:
    with transaction.atomic(using=restored.alias, durable=True):
        return check(restored)
