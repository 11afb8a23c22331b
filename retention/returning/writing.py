"""Writing everything of a company into ZIP files, as it was at one moment (R3).

The transaction of that moment stays open until the end, as that of a backup does. What comes or goes meanwhile is not
seen; a content that is removed meanwhile is missed by name in the manifest.
"""

import logging
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from auditlog.exports.columns import Columns
from auditlog.exports.csvlog import CsvLog, everything
from auditlog.exports.periods import Period
from auditlog.models import AuditEvent
from auditlog.sealing.exporting import open_export
from backups.snapshot import snapshot
from retention.returning.content import Table, returned_tables
from retention.returning.files import FileTree, ReturnedFile
from retention.returning.lists import State, file_index, own_lists
from retention.returning.manifest import Head, TableFacts, manifest_lines, sign_manifest
from retention.returning.packing import Entry, Packed, PackedPart, Packer, Shelf
from retention.returning.papers import papers
from retention.returning.progress import EVENT_BYTES, Progress
from retention.returning.readme import readme
from tenants.isolation.transactions import current_connection
from tenants.queries import current_tenant
from vault.errors import ObjectMissing, ObjectUnreadable

logger = logging.getLogger(__name__)

VERIFIERS = tuple(settings.BASE_DIR / "docs" / name for name in ("verify_return.py", "verify_audit.py"))
MISSING, DAMAGED = "missing", "damaged"
# So many contents are not read by accident: the store is not the right one, or the keys are gone.
_PATIENCE = 1000


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom it is written: headings in their language, times of files in their zone."""

    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it. `unreadable` files are not in the parts, or not whole."""

    parts: list[PackedPart]
    snapshot_at: datetime
    files: int
    unreadable: int


class TooManyUnreadable(Exception):  # noqa: N818 - reads as the statement it is
    """Hardly any content can be read, so this would be no return of anything."""


def write_everything(tenant_id: UUID, shelf: Shelf, reader: Reader, progress: Progress) -> Written:
    """Write the parts of a company onto the shelf. Call it with no transaction open.

    Raises what the shelf, `progress.tell`, the vault and the database raise, and TooManyUnreadable.
    """
    with snapshot(tenant_id) as moment, translation.override(reader.language):
        tree = FileTree()
        writer = _Writer(tenant_id, shelf, reader, progress, tree, moment.at.astimezone(UTC))
        try:
            return writer.write()
        except BaseException:
            writer.packer.abandon()
            raise


@dataclass
class _Files:
    """Where the files went: the place of the first of each part, and what is wrong with some, by place."""

    firsts: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)

    def note(self, place: int, part: int) -> None:
        if not self.parts or self.parts[-1] != part:
            self.firsts.append(place)
            self.parts.append(part)

    def state_of(self, place: int) -> State:
        """As the index and the manifest say it."""
        position = bisect_right(self.firsts, place) - 1
        return self.parts[position] if position >= 0 else 1, self.problems.get(place, "")


class _Writer:
    """One data return in the making."""

    def __init__(self, tenant_id: UUID, shelf: Shelf, reader: Reader, progress: Progress, tree: FileTree,
                 at: datetime) -> None:  # fmt: skip
        self._tenant_id, self._reader, self._progress = tenant_id, reader, progress
        self._tree, self._at, self._zone = tree, at, ZoneInfo(reader.time_zone)
        self.packer = Packer(shelf, progress.note)
        self._packed: list[Packed] = []
        self._papers: list[Packed] = []
        self._tables: list[TableFacts] = []
        self._files = _Files()

    def write(self) -> Written:
        """Every entry in its order: what says what the rest is first, what says how it was last."""
        months = _months(self._first_event(), self._at)
        self._progress.files_total = self._tree.count
        self._progress.total = self._tree.size + EVENT_BYTES * AuditEvent.objects.filter(at__lt=self._at).count()
        self._progress.say()
        tables = [*own_lists(), *returned_tables()]
        self._add("README.txt", [readme(current_tenant(), self._at, tables)])
        for path in VERIFIERS:
            self._add(path.name, [path.read_bytes()])
        for table in tables:
            self._add_table(table)
        for month in months:
            self._add_log(month)
        self._add_papers()
        self._add_files()
        self._add_table(file_index(self._tree, self._files.state_of, self._papers))
        self._add_manifest()
        self._progress.say()
        parts = self.packer.finish()
        return Written(parts, self._at, self._tree.count, len(self._files.problems))

    def _add(self, path: str, content: Iterator[bytes] | list[bytes]) -> Packed:
        size = len(content[0]) if isinstance(content, list) else None
        packed = self.packer.add(Entry(path, self._at.astimezone(self._zone), size), content)
        self._packed.append(packed)
        return packed

    def _add_table(self, table: Table) -> None:
        counted = _Counted(table)
        files = [
            self._add(f"data/{table.name}.csv", counted.table.as_csv(self._reader.language)).path,
            self._add(f"data/{table.name}.jsonl", table.as_json()).path,
        ]
        self._tables.append(TableFacts(table, counted.rows, files))

    def _add_log(self, month: Period) -> None:
        name = f"audit/{month.begin:%Y-%m}"
        self._add(f"{name}.jsonl", iter(open_export(month.begin, month.end)))
        with current_connection().cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            (seen,) = cursor.fetchone()
        columns = Columns(language=self._reader.language, time_zone=self._reader.time_zone)
        self._add(f"{name}.csv", iter(CsvLog(self._tenant_id, month, columns, everything, seen)))

    def _add_papers(self) -> None:
        for paper in papers(self._reader.language):
            entry = Entry(paper.path, paper.at.astimezone(self._zone), len(paper.content), solid=True)
            self._papers.append(self.packer.add(entry, [paper.content]))
        self._packed += self._papers

    def _add_files(self) -> None:
        for path in self._tree.folders():
            self.packer.add_folder(path)
        for place, file in enumerate(self._tree):
            problem = self._add_file(place, file)
            if problem:
                logger.error("The content %s of a data return is %s", file.object_name, problem)
                self._files.problems[place] = problem
                if len(self._files.problems) > _PATIENCE:
                    raise TooManyUnreadable
            self._progress.files_done += 1

    def _add_file(self, place: int, file: ReturnedFile) -> str:
        """Write a file; returns what is wrong with it, if anything."""
        at = file.uploaded_at.astimezone(self._zone)
        entry = Entry(file.path, at, file.size, solid=not file.content_type.startswith("text/"))
        try:
            with file.opened() as content:
                packed = self.packer.add(entry, content)
        except ObjectMissing:
            return MISSING
        except ObjectUnreadable:
            return DAMAGED
        finally:
            self._files.note(place, self.packer.part)
        return "" if (packed.sha256, packed.size) == (file.sha256, file.size) else DAMAGED

    def _add_manifest(self) -> None:
        tenant = current_tenant()
        head = Head(tenant.id, tenant.company_code, tenant.name, self._at, timezone.now(), self.packer.part)
        lines = manifest_lines(head, self._tables, self._packed, self._tree, self._files.state_of)
        manifest = self.packer.add(Entry("manifest.json", self._at.astimezone(self._zone)), lines)
        self.packer.add(Entry("manifest.sig.json", self._at.astimezone(self._zone)), [sign_manifest(head, manifest)])

    def _first_event(self) -> datetime:
        first = AuditEvent.objects.order_by("at").values_list("at", flat=True).first()
        return first or self._at


class _Counted:
    """A table whose rows are counted while they are read."""

    def __init__(self, table: Table) -> None:
        self.rows = 0
        read = table.read

        def counting() -> Iterator[tuple[object, ...]]:
            for row in read():
                self.rows += 1
                yield row

        self.table = Table(table.name, table.titles, table.columns, table.labels, counting)


def _months(first: datetime, end: datetime) -> Iterator[Period]:
    """The months of UTC from the first moment to the last one."""
    begin = first.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while begin < end:
        following = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
        yield Period(begin, min(following, end))
        begin = following
