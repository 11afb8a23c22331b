"""What a drill looks at once the rows are in the scratch database; each check counts what it found right (B5)."""

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from psycopg import errors, sql

from auditlog.models import AuditEvent
from backups.content import TENANT_COLUMN, archived_tables
from backups.drills.models import CheckCode
from backups.manifest import Manifest, TableEntry
from backups.objects import ArchivedContent, Ordered, read_list
from backups.parts import read_content
from backups.progress import Progress
from backups.sources import contents_in_order
from backups.verifying import read_table
from tenants.isolation.assets import asset_models
from vault.errors import SecretUnreadable
from vault.keys import key_store
from vault.stores import ObjectStore

_MODULUS = 2**256
_REFERENCES = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 AND connamespace = 'public'::regnamespace ORDER BY 1, 2
"""


class CheckFailed(Exception):  # noqa: N818 - it reads as the statement it is
    """A check found something wrong; the text names it."""


@dataclass(slots=True)
class Restored:
    """An archive in a scratch database. `streamed` is the SHA-256 of each table's text as it went in."""

    drill_id: UUID
    store: ObjectStore
    manifest: Manifest
    alias: str
    progress: Progress
    streamed: dict[str, str] = field(default_factory=dict)
    files_opened: int = 0
    bytes_opened: int = 0

    @property
    def tenant_id(self) -> UUID:
        """Whose archive it is; in the scratch database the rows keep their tenant."""
        return self.manifest.place.tenant_id

    def cursor(self) -> Any:
        """Into the scratch database, past its wall."""
        return connections[self.alias].cursor()


def check_rows(restored: Restored) -> int:
    """As many rows in each table as the manifest says, and none of another tenant."""
    with restored.cursor() as cursor:
        for entry in restored.manifest.tables:
            counting = sql.SQL("SELECT count(*), count(*) FILTER (WHERE {} = {}) FROM {}").format(
                sql.Identifier(TENANT_COLUMN), sql.Literal(restored.tenant_id), sql.Identifier(entry.name)
            )
            cursor.execute(counting)
            rows, own = cursor.fetchone()
            if rows != entry.rows or own != rows:
                raise CheckFailed(f"{entry.name}: {own} rows of the company, {rows} in all, instead of {entry.rows}")
    return restored.manifest.rows


def check_digests(restored: Restored) -> int:
    """Each table, copied out again, is byte for byte what went in.

    Rows went in in the order of the archive and a sequential scan gives them back in the order of the pages, so as a
    rule the SHA-256 of the whole text is the same. Where it is not (events come out partition by partition; a column
    may have gone since), digests that do not depend on the order are compared: the sum of the SHA-256 of all lines.
    """
    tables = {table.name: frozenset(table.columns) for table in archived_tables()}
    for number, entry in enumerate(restored.manifest.tables):
        restored.progress(entry.name, number, len(restored.manifest.tables))
        kept = [name for name in entry.columns if name in tables[entry.name]]
        if (
            len(kept) == len(entry.columns)
            and _digest(_copied_out(restored, entry, kept)) == restored.streamed[entry.name]
        ):
            continue
        archived = partial(_projected, positions=[entry.columns.index(name) for name in kept])
        before = map(archived, _lines(read_table(restored.store, restored.manifest.place, entry)))
        if _sum(before) != _sum(_lines(_copied_out(restored, entry, kept))):
            raise CheckFailed(f"{entry.name}: the rows are not those of the backup")
    return len(restored.manifest.tables)


def check_foreign_keys(restored: Restored) -> int:
    """Every foreign key is taken away and put back, at which the database reads both tables and compares all rows."""
    with restored.cursor() as cursor:
        cursor.execute(_REFERENCES)
        references = cursor.fetchall()
        for table, name, definition in references:
            anew = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}, ADD CONSTRAINT {} {}").format(
                sql.SQL(table), sql.Identifier(name), sql.Identifier(name), sql.SQL(definition)
            )
            try:
                cursor.cursor.execute(anew)  # the driver's own error names the row
            except errors.ForeignKeyViolation as error:
                raise CheckFailed(f"{table}: {name}: {error.diag.message_detail}") from error
    return len(references)


def check_log(restored: Restored) -> int:
    """The events are all there, the company's first one was, and none is younger than the backup."""
    table = AuditEvent._meta.db_table
    expected = next((entry.rows for entry in restored.manifest.tables if entry.name == table), 0)
    with restored.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*), max(at) FROM {}").format(sql.Identifier(table)))
        events, newest = cursor.fetchone()
    if not events or events != expected:
        raise CheckFailed(f"{events} events instead of {expected}")
    if newest > restored.manifest.snapshot_at:
        raise CheckFailed(f"an event of {newest.isoformat()}, which is after the backup")
    return int(events)


def check_secrets(restored: Restored) -> int:
    """Every secret that the company's keys seal opens. Raises CheckFailed with the row, never with its content."""
    opened = 0
    for model, asset in asset_models():
        if not (asset.sealed and asset.archived):
            continue
        for row in model._default_manager.using(restored.alias).iterator():
            for column, template in asset.sealed:
                try:
                    key_store().open_secret(restored.tenant_id, template.format(row=row), bytes(getattr(row, column)))
                except SecretUnreadable as error:
                    raise CheckFailed(f"{model._meta.db_table}: {column} of {row.pk} cannot be opened") from error
                opened += 1
    return opened


def check_files(restored: Restored) -> int:
    """Every restored version of a document has its content in the backup, and a sample of them is decrypted whole."""
    sample = _Sample(settings.DRILL_FILES, restored.drill_id)
    listed = Ordered(read_list(restored.store, restored.manifest), key=lambda content: content.key)
    for version in contents_in_order(using=restored.alias):
        content = listed.get(version.key)
        if content is None or content.part.plain != version.plain:
            raise CheckFailed(f"{version.key}: a version of a document has no such content in the backup")
        sample.offer(content)
    listed.finish()
    chosen = sample.chosen()
    for content in chosen:
        restored.progress("files", restored.files_opened, len(chosen))
        identity, path = content.identity(restored.tenant_id), content.path(restored.tenant_id)
        for piece in read_content(restored.store, identity, path, content.part):  # compares size and SHA-256
            restored.bytes_opened += len(piece)
        restored.files_opened += 1
    return len(chosen)


# In this order: what a later one presumes, an earlier one has seen.
CHECKS = {
    CheckCode.ROWS: check_rows,
    CheckCode.DIGESTS: check_digests,
    CheckCode.FOREIGN_KEYS: check_foreign_keys,
    CheckCode.LOG: check_log,
    CheckCode.SECRETS: check_secrets,
    CheckCode.FILES: check_files,
}


class _Sample:
    """Some of a stream, each as likely as any other; the largest and the newest for certain (names are UUIDv7).

    Each name is hashed with the id of the drill, and those with the lowest hashes are chosen: other ones each time, and
    always those that can be told from the id.
    """

    def __init__(self, size: int, seed: UUID) -> None:
        self._size = max(0, size - 2)
        self._seed = seed.bytes
        self._some: list[tuple[int, str, ArchivedContent]] = []
        self._largest: ArchivedContent | None = None
        self._newest: ArchivedContent | None = None

    def offer(self, content: ArchivedContent) -> None:
        if self._largest is None or content.part.plain.bytes > self._largest.part.plain.bytes:
            self._largest = content
        if self._newest is None or content.name > self._newest.name:
            self._newest = content
        rank = int.from_bytes(hashlib.sha256(self._seed + content.key.encode()).digest())
        heapq.heappush(self._some, (-rank, content.key, content))
        if len(self._some) > self._size:
            heapq.heappop(self._some)

    def chosen(self) -> list[ArchivedContent]:
        always = [content for content in (self._largest, self._newest) if content is not None]
        return list({content.key: content for content in (*always, *(each[2] for each in self._some))}.values())


def _copied_out(restored: Restored, entry: TableEntry, columns: Iterable[str]) -> Iterator[bytes]:
    copying = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(entry.name)
    )
    with restored.cursor() as cursor, cursor.copy(copying) as copy:
        for piece in copy:
            yield bytes(piece)


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _sum(lines: Iterable[bytes]) -> int:
    """The same for the same lines in any order. It guards against mistakes; forgery is what signatures are for."""
    return sum(int.from_bytes(hashlib.sha256(line).digest()) for line in lines) % _MODULUS


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _projected(line: bytes, positions: list[int]) -> bytes:
    values = line.split(b"\t")
    return b"\t".join(values[position] for position in positions)
