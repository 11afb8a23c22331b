"""What goes into a package: the rows of the scope, column by column, and the versions whose contents go (R5).

Limited to what was ordered: a table that the scope does not reach is not in the package, and secrets (passwords,
second factors, keys) never are. Rows that a hold has kept come beside those that are there still.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from accounts.models import User
from auditlog.models import AuditEvent
from documents.models import Counterparty, Document, DocumentVersion, Folder
from documents.queries import ways_to
from retention.disclosure.models import Disclosure
from retention.disclosure.queries import kept_rows
from retention.holds.covering import Coverage
from retention.holds.models import Extent, Scope
from retention.holds.queries import find_hold

Rows = list[dict[str, Any]]
Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """What is handed out of a model: under which name, which columns, and by which time a period bounds it."""

    name: str
    model: type[Model]
    columns: tuple[str, ...]
    time: str = ""


VERSIONS = Table(
    "versions",
    DocumentVersion,
    ("id", "document_id", "number", "size", "sha256", "content_type", "uploaded_by_name", "uploaded_at", "object_name"),
    "uploaded_at",
)
TABLES = (
    Table("folders", Folder, ("id", "parent_id", "name", "created_by_name", "created_at")),
    Table("documents", Document, ("id", "folder_id", "name", "changed_by_name", "changed_at")),
    VERSIONS,
    Table("counterparties", Counterparty, ("id", "code", "name", "kana", "corporate_number", "note", "active")),
    Table("users", User, ("id", "user_id", "name", "email", "state", "created_at")),
    Table(
        "events",
        AuditEvent,
        ("id", "at", "kind", "action", "outcome", "actor_kind", "actor_id", "actor_user_id", "actor_name", "ip",
         "user_agent", "session_id", "request_id", "target_type", "target_id", "target_label", "before", "after"),
        "at",
    ),
)  # fmt: skip
# The whole log of a period goes with its proofs instead (`auditlog.sealing.exporting`).
_PROVED = frozenset({Scope.AUDIT, Scope.COMPANY})


class Gathered:
    """The rows of one disclosure. In the scope of its company, with a transaction open while it is made."""

    def __init__(self, disclosure: Disclosure) -> None:
        self._extent: Extent = disclosure
        self._hold_id = disclosure.hold_id
        hold = find_hold(disclosure.hold_id) if disclosure.hold_id else None
        self._coverage = Coverage(hold or disclosure)
        self.whole_log = disclosure.scope in _PROVED
        self.rows = {table.name: self._live(table) for table in TABLES}
        self.kept = {table.name: self._kept(table) for table in TABLES}

    def contents(self) -> Iterator[tuple[str, DocumentVersion]]:
        """Every content with its path in the package: those that are there still, and those that were kept."""
        documents = {row["id"]: row for row in self.rows["documents"]}
        ways = ways_to({row["folder_id"] for row in documents.values() if row["folder_id"]})
        known = set()
        for row in self.rows["versions"]:
            document = documents[row["document_id"]]
            folders = [step.name for step in ways[document["folder_id"]]] if document["folder_id"] else []
            known.add(str(row["id"]))
            yield "/".join(["files", *folders, document["name"], f"v{row['number']}", document["name"]]), _version(row)
        names = {row["id"]: row["name"] for row in self.kept["documents"]}
        for row in self.kept["versions"]:
            if row["id"] not in known:
                known.add(row["id"])
                name = names.get(row["document_id"], "content")
                yield f"kept/{row['document_id']}/v{row['number']}/{name}", _version(row)

    def _live(self, table: Table) -> Rows:
        reached = self._reached(table)
        if reached is None:
            return []
        found = table.model._default_manager.filter(reached).order_by(table.time or "id", "id")
        return list(found.values(*table.columns))

    def _reached(self, table: Table) -> Q | None:
        if table.model is AuditEvent and self.whole_log:
            return None
        reached = self._coverage.of(table.model)
        if reached is None:
            return None
        if table.model is Document and self._extent.since is not None:
            versions = DocumentVersion.objects.filter(self._within("uploaded_at"))
            return reached & Q(id__in=versions.values("document_id"))
        return reached & self._within(table.time) if table.time else reached

    def _within(self, time: str) -> Q:
        if self._extent.since is None or self._extent.until is None:
            return Q(pk__isnull=False)
        return Q(**{f"{time}__gte": self._extent.since, f"{time}__lt": self._extent.until})

    def _kept(self, table: Table) -> Rows:
        rows = kept_rows(self._hold_id, table.model._meta.db_table)
        return [{column: row.get(column) for column in table.columns} for row in rows]


def _version(row: dict[str, Any]) -> DocumentVersion:
    """Enough of a version to open its content; not to be saved."""
    return DocumentVersion(object_name=row["object_name"], size=row["size"], sha256=row["sha256"])
