"""Lists of a data return that are no table: the company, its menus, who changed which document, the files (R3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.menus import MENUS, Audience
from auditlog.actions import label_of
from auditlog.models import AuditEvent
from documents.actions import DOCUMENT_OPENED, FILE_DOWNLOADED, FILE_UNREADABLE
from documents.models import Counterparty, Document, Folder
from retention.returning.content import Row, Table, labelled
from retention.returning.files import FileTree
from retention.returning.packing import Packed
from tenants.queries import current_tenant

_LOOKS = (DOCUMENT_OPENED.code, FILE_DOWNLOADED.code, FILE_UNREADABLE.code)
_AT_ONCE = 1000
_EVENT = ("id", "at", "action", "outcome", "actor_user_id", "actor_name", "target_type", "target_id", "target_label",
          "before", "after")  # fmt: skip

State = tuple[int, str]  # the part in which a file is, and what is wrong with it


def own_lists() -> tuple[Table, ...]:
    """The company, the menus that its roles name, and the history of documents, folders and counterparties."""
    return (_company(), _menus(), _history())


def file_index(tree: FileTree, state_of: Callable[[int], State], papers: Sequence[Packed]) -> Table:
    """Every file: its path here, its path as people know it, what it is; then the papers, which are no documents.

    `state_of` takes the place of a file in the tree.
    """

    def read() -> Iterable[Row]:
        for place, file in enumerate(tree):
            part, problem = state_of(place)
            yield (file.path, part, problem, file.shown, file.document_id, file.number, file.current, file.size,
                   file.sha256, file.content_type, file.uploaded_at, file.uploaded_by)  # fmt: skip
        for paper in papers:
            yield (paper.path, paper.part, "", None, None, None, None, paper.size, paper.sha256, "application/pdf",
                   None, None)  # fmt: skip

    columns = {
        "path": lambda: _("Path in the ZIP file"),
        "part": lambda: _("Part"),
        "problem": lambda: _("Problem"),
        "original_path": lambda: _("Path"),
        "document_id": lambda: _("Document (key)"),
        "version": lambda: _("Version"),
        "current": lambda: _("Current version"),
        "size": lambda: _("Size (bytes)"),
        "sha256": lambda: _("SHA-256"),
        "content_type": lambda: _("Type"),
        "uploaded_at": lambda: _("Uploaded"),
        "uploaded_by_name": lambda: _("Uploaded by"),
    }
    return labelled("files", lambda: _("Index of the files"), columns, read)


def _company() -> Table:
    def read() -> Iterable[Row]:
        tenant = current_tenant()
        yield tuple(getattr(tenant, name) for name in columns)

    columns: Mapping[str, Callable[[], str]] = {
        "id": lambda: _("Company (key)"),
        "company_code": lambda: _("Company code"),
        "name": lambda: _("Organisation name"),
        "plan_code": lambda: _("Plan"),
        "edition": lambda: _("Edition"),
        "state": lambda: _("State"),
        "time_zone": lambda: _("Time zone"),
        "created_at": lambda: _("Since"),
    }
    return labelled("company", lambda: _("Company"), columns, read)


def _menus() -> Table:
    def read() -> Iterable[Row]:
        return [(menu.code, str(menu.label)) for menu in MENUS if menu.audience is not Audience.OPERATOR]

    columns = {"code": lambda: _("Menu (code)"), "label": lambda: _("Menu")}
    return labelled("menus", lambda: _("Menus"), columns, read)


def _history() -> Table:
    def read() -> Iterable[Row]:
        kinds = [model._meta.label_lower for model in (Document, Folder, Counterparty)]
        events = AuditEvent.objects.filter(target_type__in=kinds).exclude(action__in=_LOOKS).order_by("at", "id")
        for row in events.values_list(*_EVENT).iterator(chunk_size=_AT_ONCE):
            key, at, action, *rest = row
            yield (key, at, action, label_of(action), *rest)

    columns = {
        "id": lambda: _("Event"),
        "at": lambda: _("Time (UTC)"),
        "action": lambda: _("Action (code)"),
        "label": lambda: _("Action"),
        "outcome": lambda: _("Result (code)"),
        "user_id": lambda: _("User ID"),
        "user_name": lambda: pgettext("person", "Name"),
        "target_type": lambda: _("Target type"),
        "target_id": lambda: _("Target (key)"),
        "target": lambda: _("Target"),
        "before": lambda: _("Before"),
        "after": lambda: _("After"),
    }
    return labelled("change_history", lambda: _("History of changes"), columns, read)
