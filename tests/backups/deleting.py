"""Deleting files of a company and having them brought back, for the tests of that."""

from typing import Any

from backups.models import Archive
from backups.requests import asking, generation
from backups.requests.generation import Generation
from backups.requests.models import RestoreRequest
from documents.contents import delete_document
from documents.models import Document, DocumentVersion
from documents.objects import open_content
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import Stored

PATH = "契約/2026年/請求書①.pdf"


def delete(stored: Stored, *paths: str) -> None:
    """Delete documents for good, contents included."""
    with tenant_transaction(stored.tenant.id):
        for path in paths:
            delete_document(Document.objects.get(name=path.rpartition("/")[2]), actor=stored.admin.actor)


def look(archive: Archive) -> Generation:
    """What of the generation is gone."""
    with tenant_scope(archive.tenant_id):
        return generation.read_generation(archive)


def ask(stored: Stored, archive: Archive, **chosen: Any) -> RestoreRequest:
    """Ask for files; the job runs at once."""
    found = look(archive)
    meant = {"documents": [file.id for file in found.files], "folders": []} | chosen
    with tenant_transaction(stored.tenant.id):
        key = asking.ask_for_files(archive, found, **meant, actor=stored.admin.actor).id
    with tenant_transaction(stored.tenant.id):
        return RestoreRequest.objects.get(id=key)


def contents(stored: Stored) -> dict[str, list[bytes]]:
    """Every document by its path, with the contents of its versions, opened."""
    with tenant_transaction(stored.tenant.id):
        found: dict[str, list[bytes]] = {}
        for version in DocumentVersion.objects.select_related("document__folder__parent").order_by("number"):
            folder, path = version.document.folder, version.document.name
            while folder is not None:
                folder, path = folder.parent, f"{folder.name}/{path}"
            with open_content(version) as reader:
                found.setdefault(path, []).append(reader.read())
        return found
