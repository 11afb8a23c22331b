"""The manifest of a platform archive: its tables, and which archive of each company belongs to it (B4).

Signed and written as the manifest of a company's archive is. It is written after all those of the run, so whoever finds
it has the whole service: this archive, and of every company the one that it names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backups.errors import ArchiveDamaged, Cause
from backups.layout import PLATFORM_ID, ArchivePlace
from backups.manifest import (
    FORMAT,
    TableEntry,
    check_place,
    migrations_from_json,
    read_signed,
    tables_as_json,
    tables_from_json,
    write_signed,
)
from backups.manifestfields import Fields, Malformed
from vault.stores import ObjectStore

# An archive takes less than 200 bytes in it.
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveReference:
    """The archive of a company, and the SHA-256 of its manifest."""

    place: ArchivePlace
    manifest_sha256: str


@dataclass(frozen=True, slots=True)
class PlatformManifest:
    """Everything that is needed to check a platform archive and to rebuild the service."""

    place: ArchivePlace
    installation: str
    tool: str
    snapshot_at: datetime
    lsn: str
    migrations: dict[str, list[str]]
    key_ids: tuple[str, ...]
    tables: tuple[TableEntry, ...]
    archives: tuple[ArchiveReference, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Bytes of all parts as stored."""
        return sum(part.cipher.bytes for part in {table.part for table in self.tables} if part)


def write_platform_manifest(store: ObjectStore, manifest: PlatformManifest) -> str:
    """Sign and store it; returns the SHA-256 of the file. Raises ObjectExists."""
    return write_signed(store, manifest.place.manifest, _as_json(manifest))


def read_platform_manifest(store: ObjectStore, place: ArchivePlace, *, sha256: str = "") -> PlatformManifest:
    """The manifest, checked as that of a company's archive is. Raises ArchiveDamaged with the cause."""
    fields, digest = read_signed(store, place.manifest, _MAX_BYTES)
    try:
        manifest = _from_json(fields)
    except Malformed as error:
        raise ArchiveDamaged(place.manifest, Cause.MALFORMED, str(error)) from error
    check_place(place, manifest.place, manifest.installation)
    if sha256 and digest != sha256:
        raise ArchiveDamaged(place.manifest, Cause.REPLACED)
    return manifest


def _as_json(manifest: PlatformManifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "platform": str(manifest.place.archive_id),
        "installation": manifest.installation,
        "tool": manifest.tool,
        "snapshot": {"at": manifest.snapshot_at.isoformat(), "lsn": manifest.lsn},
        "migrations": manifest.migrations,
        "keys": list(manifest.key_ids),
        **tables_as_json(manifest.tables),
        "archives": [
            {"tenant": str(one.place.tenant_id), "archive": str(one.place.archive_id), "sha256": one.manifest_sha256}
            for one in manifest.archives
        ],
    }


def _from_json(fields: Fields) -> PlatformManifest:
    snapshot = fields.inner("snapshot")
    return PlatformManifest(
        place=ArchivePlace(PLATFORM_ID, UUID(fields.uuid("platform"))),
        installation=fields.text("installation"),
        tool=fields.text("tool"),
        snapshot_at=snapshot.moment("at"),
        lsn=snapshot.text("lsn"),
        migrations=migrations_from_json(fields),
        key_ids=tuple(fields.texts("keys")),
        tables=tables_from_json(fields),
        archives=tuple(_references(fields)),
    )


def _references(fields: Fields) -> Iterator[ArchiveReference]:
    seen: set[UUID] = set()
    for entry in fields.list_of("archives"):
        place = ArchivePlace(UUID(entry.uuid("tenant")), UUID(entry.uuid("archive")))
        if place.tenant_id in seen:
            raise Malformed("archives")
        seen.add(place.tenant_id)
        yield ArchiveReference(place, entry.digest("sha256"))
