"""Bringing an archive to another store as it is (B3): encrypted bytes, compared with the manifest on their way.

No part is decrypted for it but the list of contents, which says what else belongs to the archive.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backups.errors import ArchiveDamaged, Cause
from backups.layout import ArchivePlace, objects_prefix
from backups.manifest import Manifest, TableEntry, read_manifest
from backups.models import Archive
from backups.objects import Ordered, read_list
from backups.parts import Measure, MeasuringReader
from backups.progress import Progress, silent
from backups.runs.models import PlatformArchive
from backups.runs.platformmanifest import read_platform_manifest
from vault.errors import ObjectExists, ObjectMissing
from vault.stores import ObjectInfo, ObjectStore


@dataclass(slots=True)
class Brought:
    """What was written to the other store: objects and bytes."""

    objects: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        """One object more."""
        self.objects += 1
        self.bytes += size


@dataclass(frozen=True, slots=True)
class Way:
    """From one store to another. A `thorough` one believes no object that is there already, but reads it."""

    source: ObjectStore
    target_store: ObjectStore
    thorough: bool


def bring_archive(
    source: ObjectStore, target_store: ObjectStore, archive: Archive, progress: Progress = silent
) -> Brought:
    """Write what the target has not got of a company's archive, its manifest last. May be cut short and repeated.

    Objects are written once and whole, so one that is there with its size is taken as it is; unless the manifest is
    there, too, although the archive does not count as copied: then something was found wrong with it, and all is read.
    Raises ArchiveDamaged when the source is not what its manifest says, ObjectRetained, StoreUnavailable.
    """
    place, brought = archive.place, Brought()
    manifest = read_manifest(source, place, sha256=archive.manifest_sha256)
    way = Way(source, target_store, thorough=target_store.exists(place.manifest))
    _bring_parts(way, place, stored_parts(manifest), brought)
    for number, (path, measure, found) in enumerate(_contents(way, manifest), start=1):
        progress("documents", number, manifest.objects.count)
        _bring(way, path, measure, found, brought)
    _bring_manifest(way, place.manifest, brought)
    return brought


def bring_platform_archive(source: ObjectStore, target_store: ObjectStore, archive: PlatformArchive) -> Brought:
    """The same of an archive of the platform, which has no contents."""
    place, brought = archive.place, Brought()
    manifest = read_platform_manifest(source, place, sha256=archive.manifest_sha256)
    way = Way(source, target_store, thorough=target_store.exists(place.manifest))
    _bring_parts(way, place, _table_parts(place, manifest.tables), brought)
    _bring_manifest(way, place.manifest, brought)
    return brought


def stored_parts(manifest: Manifest) -> dict[str, Measure]:
    """The parts of an archive by their names in the store, each with its measure there; contents are not among them."""
    parts = _table_parts(manifest.place, manifest.tables)
    if manifest.objects.list:
        parts[manifest.place.object_list] = manifest.objects.list.cipher
    return parts


def _table_parts(place: ArchivePlace, tables: Iterable[TableEntry]) -> dict[str, Measure]:
    return {
        place.small if table.slice else place.table(table.name): table.part.cipher for table in tables if table.part
    }


def _bring_parts(way: Way, place: ArchivePlace, parts: dict[str, Measure], brought: Brought) -> None:
    there = {info.name: info for info in way.target_store.list(place.prefix)}
    for path, measure in parts.items():
        _bring(way, path, measure, there.get(path), brought)


def _bring_manifest(way: Way, path: str, brought: Brought) -> None:
    content = _content_of(way.source, path)
    if way.thorough and _content_of(way.target_store, path) != content:
        way.target_store.delete(path)
    if not way.target_store.exists(path):
        brought.add(way.target_store.put(path, content).size)


def _contents(way: Way, manifest: Manifest) -> Iterator[tuple[str, Measure, ObjectInfo | None]]:
    """The contents that the archive refers to, each with what the target has of that name."""
    tenant_id = manifest.place.tenant_id
    there = Ordered(way.target_store.list(objects_prefix(tenant_id)), key=lambda info: info.name)
    for content in read_list(way.source, manifest):
        path = content.path(tenant_id)
        yield path, content.part.cipher, there.get(path)


def _bring(way: Way, path: str, expected: Measure, found: ObjectInfo | None, brought: Brought) -> None:
    same_size = found is not None and found.size == expected.bytes
    if same_size and (not way.thorough or _measured(way.target_store, path) == expected):
        return
    if found is not None:
        if _measured(way.source, path) != expected:  # a bad copy of something better than nothing
            raise ArchiveDamaged(path, Cause.DIGEST)
        way.target_store.delete(path)
    try:
        _write(way, path, expected)
    except ObjectMissing as error:
        raise ArchiveDamaged(path, Cause.PART_MISSING) from error
    except ObjectExists:
        return  # somebody who copies by other means was faster; the next verification looks at it
    brought.add(expected.bytes)


def _write(way: Way, path: str, expected: Measure) -> None:
    """Nothing is committed that is not what the manifest says."""
    with MeasuringReader(way.source.open(path)) as reader, way.target_store.writer(path) as writer:
        if reader.size != expected.bytes:
            raise ArchiveDamaged(path, Cause.SIZE, f"{reader.size} instead of {expected.bytes}")
        for chunk in reader:
            writer.write(chunk)
        if reader.rest() != expected:
            raise ArchiveDamaged(path, Cause.DIGEST)


def _measured(store: ObjectStore, path: str) -> Measure | None:
    try:
        with MeasuringReader(store.open(path)) as reader:
            return reader.rest()
    except ObjectMissing:
        return None


def _content_of(store: ObjectStore, path: str) -> bytes:
    with store.open(path) as reader:
        return reader.read()
