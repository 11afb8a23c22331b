"""Where everything of a tenant lies in the backup store. Each name is written once and never changed.

    tenants/<tenant>/archives/<archive>/tables/<table>.zst.enc   one large table
    tenants/<tenant>/archives/<archive>/small.zst.enc            all small tables
    tenants/<tenant>/archives/<archive>/objects.zst.enc          the list of the documents' contents
    tenants/<tenant>/archives/<archive>/manifest.json            written last; without it there is no backup
    tenants/<tenant>/objects/<kind>/<name>                       contents, encrypted as they were, each once
    platform/archives/<archive>/…                                the same for what belongs to no company

The layout describes itself, so the catalogue in the database can be lost.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from vault.objectformat import Identity
from vault.stores import ObjectInfo, ObjectStore

# The platform has keys and archives as companies have, under this id, which is no company's.
PLATFORM_ID = UUID("706c6174-666f-8000-8000-726d00000000")

TABLE_KIND = "archive-table"
SMALL_KIND = "archive-tables"
LIST_KIND = "archive-objects"


@dataclass(frozen=True, slots=True)
class ArchivePlace:
    """The names of one archive in the store, and the names under which its parts are encrypted."""

    tenant_id: UUID
    archive_id: UUID

    @property
    def prefix(self) -> str:
        """What all names of the archive start with."""
        return f"{archives_prefix(self.tenant_id)}{self.archive_id}/"

    @property
    def manifest(self) -> str:
        """The manifest."""
        return self.prefix + "manifest.json"

    @property
    def object_list(self) -> str:
        """The list of objects."""
        return self.prefix + "objects.zst.enc"

    def table(self, name: str) -> str:
        """The rows of one large table."""
        return f"{self.prefix}tables/{name}.zst.enc"

    def table_identity(self, name: str) -> Identity:
        """What the part is to the vault, wherever it lies: this archive's copy of this table."""
        return Identity(self.tenant_id, TABLE_KIND, f"{self.archive_id}/{name}")

    @property
    def small(self) -> str:
        """The rows of all small tables."""
        return self.prefix + "small.zst.enc"

    @property
    def small_identity(self) -> Identity:
        """What the shared part is to the vault."""
        return Identity(self.tenant_id, SMALL_KIND, str(self.archive_id))


def archives_prefix(tenant_id: UUID) -> str:
    """What the names of all archives of a tenant, or of the platform, start with."""
    if tenant_id == PLATFORM_ID:
        return "platform/archives/"
    return f"tenants/{tenant_id}/archives/"


def objects_prefix(tenant_id: UUID) -> str:
    """What the names of all objects of a tenant start with."""
    return f"tenants/{tenant_id}/objects/"


def places_in_store(store: ObjectStore, tenant_id: UUID) -> Iterator[tuple[ArchivePlace, list[ObjectInfo]]]:
    """Every archive prefix of a tenant with what lies under it, finished or not."""
    prefix = archives_prefix(tenant_id)
    for name, found in groupby(store.list(prefix), lambda info: info.name.removeprefix(prefix).partition("/")[0]):
        with suppress(ValueError):  # not an archive of ours, and none of our business
            yield ArchivePlace(tenant_id, UUID(name)), list(found)
