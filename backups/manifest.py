"""The manifest: what an archive holds, signed. It is written last, and without it there is no backup.

The file is canonical JSON (sorted keys, no blanks, UTF-8) of `{"manifest": …, "signature": {"key": …, "value": …}}`;
the Ed25519 signature is over the canonical JSON of the inner manifest. `docs/archive-format.md` describes every field.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backups.errors import ArchiveDamaged, Cause
from backups.layout import ArchivePlace
from backups.manifestfields import Fields, Malformed
from backups.parts import Measure, Part
from vault.errors import ObjectMissing, SignatureInvalid
from vault.keys import Signature, key_store
from vault.stores import ObjectStore

FORMAT = 2
PURPOSE = "archive"
# A table takes less than 1 KiB; objects have a list of their own. Nothing larger was written by this product.
MAX_BYTES = 4 * 1024 * 1024
# Bytes of text in the part that small tables share: it is read as a whole.
MAX_SMALL_PART = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Company:
    """Whose archive it is, as text: the directory may be lost, or say something else by now."""

    code: str
    name: str
    plan: str
    time_zone: str
    is_provider: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """Where the text of a small table lies in the plain bytes of the shared part."""

    offset: int
    plain: Measure


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table: the columns in the order of the COPY text, the number of rows, the receipt of the part.

    A small table has its `slice` of the part that it shares; a table without rows has neither.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    part: Part | None = None
    slice: Slice | None = None


@dataclass(frozen=True, slots=True)
class ObjectsEntry:
    """The documents' contents: how many, their bytes as stored, and the receipt of the list that names each.

    When there are none, there is no list.
    """

    count: int
    bytes: int
    list: Part | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about one archive that is needed to check and to restore it."""

    place: ArchivePlace
    installation: str
    tool: str
    company: Company
    snapshot_at: datetime
    lsn: str
    migrations: dict[str, list[str]]
    key_ids: tuple[str, ...]
    tables: tuple[TableEntry, ...]
    objects: ObjectsEntry

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Bytes of all parts and objects as stored."""
        parts = {table.part for table in self.tables} | {self.objects.list}
        return sum(part.cipher.bytes for part in parts if part) + self.objects.bytes


def write_manifest(store: ObjectStore, manifest: Manifest) -> str:
    """Sign and store it; returns the SHA-256 of the file. Raises ObjectExists."""
    return write_signed(store, manifest.place.manifest, _as_json(manifest))


def write_signed(store: ObjectStore, path: str, content: dict[str, Any]) -> str:
    """Store a content with its signature; returns the SHA-256 of the file. Raises ObjectExists."""
    signature = key_store().signing.sign(PURPOSE, canonical(content))
    envelope = {
        "manifest": content,
        "signature": {"key": signature.key_id, "value": base64.b64encode(signature.value).decode()},
    }
    return store.put(path, canonical(envelope)).sha256


def read_manifest(store: ObjectStore, place: ArchivePlace, *, sha256: str = "") -> Manifest:
    """The manifest of an archive, its signature and its place checked, and its digest when the catalogue knows one.

    Raises ArchiveDamaged with the cause.
    """
    fields, digest = read_signed(store, place.manifest, MAX_BYTES)
    try:
        manifest = _from_json(fields)
    except Malformed as error:
        raise ArchiveDamaged(place.manifest, Cause.MALFORMED, str(error)) from error
    check_place(place, manifest.place, manifest.installation)
    if sha256 and digest != sha256:
        raise ArchiveDamaged(place.manifest, Cause.REPLACED)
    return manifest


def read_signed(store: ObjectStore, path: str, limit: int) -> tuple[Fields, str]:
    """The signed content of a file of a format that this release reads, and its SHA-256. Raises ArchiveDamaged."""
    try:
        with store.open(path) as reader:
            if reader.size > limit:
                raise ArchiveDamaged(path, Cause.MALFORMED, f"{reader.size} bytes")
            data = reader.read()
    except ObjectMissing as error:
        raise ArchiveDamaged(path, Cause.NO_MANIFEST) from error
    content = _signed_content(path, data)
    version = content.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise ArchiveDamaged(path, Cause.NEWER_FORMAT, f"{version} instead of {FORMAT}")
    return Fields(content), hashlib.sha256(data).hexdigest()


def check_place(asked: ArchivePlace, found: ArchivePlace, installation: str) -> None:
    """Raises ArchiveDamaged for what was signed for somewhere else."""
    if found != asked or installation != key_store().installation:
        raise ArchiveDamaged(asked.manifest, Cause.MISPLACED, found.manifest)


def canonical(value: Any) -> bytes:
    """The one way to write a value down."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def _signed_content(path: str, data: bytes) -> dict[str, Any]:
    """The inner manifest, after its signature; nothing in it is believed before."""
    try:
        envelope = json.loads(data)
        content, signature = envelope["manifest"], envelope["signature"]
        signed = Signature(str(signature["key"]), base64.b64decode(signature["value"], validate=True))
        if canonical(envelope) != data or not isinstance(content, dict):
            raise ArchiveDamaged(path, Cause.MALFORMED)
        key_store().signing.verify(PURPOSE, canonical(content), signed)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveDamaged(path, Cause.MALFORMED) from error
    except SignatureInvalid as error:
        raise ArchiveDamaged(path, Cause.SIGNATURE) from error
    return content


def _as_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "archive": str(manifest.place.archive_id),
        "tenant": str(manifest.place.tenant_id),
        "installation": manifest.installation,
        "tool": manifest.tool,
        "company": {
            "code": manifest.company.code,
            "name": manifest.company.name,
            "plan": manifest.company.plan,
            "time_zone": manifest.company.time_zone,
            "provider": manifest.company.is_provider,
        },
        "snapshot": {"at": manifest.snapshot_at.isoformat(), "lsn": manifest.lsn},
        "migrations": manifest.migrations,
        "keys": list(manifest.key_ids),
        **tables_as_json(manifest.tables),
        "objects": {
            "count": manifest.objects.count,
            "bytes": manifest.objects.bytes,
            **({"list": _part_as_json(manifest.objects.list)} if manifest.objects.list else {}),
        },
    }


def tables_as_json(tables: tuple[TableEntry, ...]) -> dict[str, Any]:
    """The fields of a manifest that say what the tables are: `tables`, and `small` for those that share a part."""
    shared: dict[str, Any] = {}
    entries = []
    for table in tables:
        entry: dict[str, Any] = {"name": table.name, "columns": list(table.columns), "rows": table.rows}
        if table.part and table.slice:
            shared = {"small": _part_as_json(table.part)}
            entry["slice"] = {"offset": table.slice.offset, **_measure_as_json(table.slice.plain)}
        elif table.part:
            entry |= _part_as_json(table.part)
        entries.append(entry)
    return {"tables": entries, **shared}


def _part_as_json(part: Part) -> dict[str, Any]:
    return {"plain": _measure_as_json(part.plain), "cipher": _measure_as_json(part.cipher)}


def _measure_as_json(measure: Measure) -> dict[str, Any]:
    return {"bytes": measure.bytes, "sha256": measure.sha256}


def _from_json(fields: Fields) -> Manifest:
    company, snapshot = fields.inner("company"), fields.inner("snapshot")
    return Manifest(
        place=ArchivePlace(UUID(fields.uuid("tenant")), UUID(fields.uuid("archive"))),
        installation=fields.text("installation"),
        tool=fields.text("tool"),
        company=Company(
            code=company.text("code"),
            name=company.text("name"),
            plan=company.text("plan"),
            time_zone=company.text("time_zone"),
            is_provider=company.flag("provider"),
        ),
        snapshot_at=snapshot.moment("at"),
        lsn=snapshot.text("lsn"),
        migrations=migrations_from_json(fields),
        key_ids=tuple(fields.texts("keys")),
        tables=tables_from_json(fields),
        objects=_objects(fields.inner("objects")),
    )


def migrations_from_json(fields: Fields) -> dict[str, list[str]]:
    """App -> newest migrations. Raises Malformed."""
    return {app: fields.inner("migrations").texts(app) for app in fields.inner("migrations").names()}


def tables_from_json(fields: Fields) -> tuple[TableEntry, ...]:
    """What these fields say. Raises Malformed."""
    small = _part(fields.inner("small")) if fields.has("small") else None
    tables = tuple(_table(table, small) for table in fields.list_of("tables"))
    end = 0
    for table in tables:  # side by side, so that every byte of the shared part belongs to one table
        if table.slice:
            if table.slice.offset != end:
                raise Malformed("slice")
            end += table.slice.plain.bytes
    if end != (small.plain.bytes if small else 0) or end > MAX_SMALL_PART:
        raise Malformed("small")
    return tables


def _table(fields: Fields, small: Part | None) -> TableEntry:
    entry = TableEntry(fields.identifier("name"), tuple(fields.identifiers("columns")), fields.count("rows"))
    if fields.has("slice"):
        cut = fields.inner("slice")
        if small is None:
            raise Malformed("slice")
        return replace(entry, part=small, slice=Slice(cut.count("offset"), _measure(cut)))
    if fields.has("plain"):
        return replace(entry, part=_part(fields))
    if entry.rows:
        raise Malformed("rows")
    return entry


def _objects(fields: Fields) -> ObjectsEntry:
    entry = ObjectsEntry(fields.count("count"), fields.count("bytes"), None)
    if fields.has("list"):
        return replace(entry, list=_part(fields.inner("list")))
    if entry.count or entry.bytes:
        raise Malformed("objects")
    return entry


def _part(fields: Fields) -> Part:
    return Part(_measure(fields.inner("plain")), _measure(fields.inner("cipher")))


def _measure(fields: Fields) -> Measure:
    return Measure(fields.count("bytes"), fields.digest("sha256"))
