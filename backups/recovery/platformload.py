"""The platform archive that a rebuild begins with: choosing it, and loading it into the empty database (B4, B6)."""

from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from backups.content import platform_tables
from backups.errors import ArchiveDamaged, ArchiveUnknown, RestoreRefused
from backups.layout import PLATFORM_ID, places_in_store
from backups.loading import Loader
from backups.progress import Progress
from backups.recovery.models import Restore, RestoreKind, RestoreState
from backups.release import unknown_migrations
from backups.runs.platformmanifest import PlatformManifest, read_platform_manifest
from backups.tableparts import TablesReader
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from tenants.models import Tenant
from vault.stores import ObjectStore


def begun() -> Restore | None:
    """The rebuild of this database that was begun and not finished; None in an empty one.

    Raises RestoreRefused for a database that holds companies and is no unfinished rebuild.
    """
    found = Restore.objects.using(OWNER_ALIAS).filter(
        kind=RestoreKind.REBUILD, state=RestoreState.RUNNING, tenant_id=PLATFORM_ID
    )
    restore = found.order_by("-started_at").first()
    if restore is None and Tenant.objects.using(OWNER_ALIAS).exists():
        raise RestoreRefused(_("The database is not empty. A rebuild goes into an empty one only."))
    return restore


def platform_manifest(store: ObjectStore, archive_id: UUID | None) -> PlatformManifest:
    """The named platform archive, or the newest whose manifest is good.

    Raises ArchiveUnknown when there is none, ArchiveDamaged when the named one is, RestoreRefused for a newer release.
    """
    damage: ArchiveDamaged | None = None
    places = [place for place, _found in places_in_store(store, PLATFORM_ID)]
    for place in sorted(places, key=lambda place: place.archive_id, reverse=True):
        if archive_id not in {None, place.archive_id}:
            continue
        try:
            manifest = read_platform_manifest(store, place)
        except ArchiveDamaged as error:
            damage = damage or error
            continue
        _check(manifest)
        return manifest
    if damage is not None:
        raise damage
    raise ArchiveUnknown(archive_id or "platform")


def load_platform(store: ObjectStore, manifest: PlatformManifest, *, actor: Actor, progress: Progress) -> Restore:
    """Load what belongs to no company, the directory of companies too; each is closed until it is loaded as well.

    One transaction, with the entry in the journal by which a killed rebuild is found and goes on.
    """
    tables = {table.name: table for table in platform_tables()}
    reader, loader = TablesReader(store, manifest.place), Loader(None, None)
    with tenant_scope(None), transaction.atomic(using=OWNER_ALIAS, durable=True):
        with connections[OWNER_ALIAS].cursor() as cursor:
            for name in tables:  # what migrations put there
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608 - a table of ours
        for number, entry in enumerate(manifest.tables):
            progress(entry.name, number, len(manifest.tables))
            if entry.rows:
                loader.load(tables[entry.name], entry, reader.read(entry))
        Tenant.objects.using(OWNER_ALIAS).filter(placement=DEFAULT_DB_ALIAS).update(frozen_at=timezone.now())
        return Restore.objects.using(OWNER_ALIAS).create(
            kind=RestoreKind.REBUILD,
            archive_id=manifest.place.archive_id,
            tenant_id=PLATFORM_ID,
            target_tenant_id=PLATFORM_ID,
            snapshot_at=manifest.snapshot_at,
            actor_name=actor.name or actor.user_id,
            rows=manifest.rows,
        )


def _check(manifest: PlatformManifest) -> None:
    unknown = unknown_migrations(manifest.migrations)
    strange = sorted({entry.name for entry in manifest.tables} - {table.name for table in platform_tables()})
    if unknown or strange:
        raise RestoreRefused(
            _("The backup was made by a newer release (%(tool)s); this one does not know: %(migrations)s.")
            % {"tool": manifest.tool, "migrations": ", ".join([*unknown, *strange])}
        )
