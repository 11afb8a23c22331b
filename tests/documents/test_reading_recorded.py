"""Who looked at a document is on record, and so is its end (G2, G3)."""

import pytest
from django.urls import reverse

from documents import tree
from documents.models import Document, Folder
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import newest_event
from tests.conftest import Cast
from tests.documents.making import SOMEBODY, add_file

pytestmark = pytest.mark.django_db


def test_looking_at_a_document_is_recorded(cast: Cast) -> None:
    """G2, G3: by whom, with the path and the version that was there; asking for the headers alone shows nothing."""
    with tenant_transaction(cast.reader.tenant.id):
        add_file("契約/A.pdf")
        document = Document.objects.get()
    page = reverse("documents:document", args=[document.id])
    assert cast.reader.client().get(page).status_code == 200
    event = newest_event(cast.reader.tenant, "documents.document.opened")
    assert (event.actor_user_id, event.kind, event.after) == ("rob", "data", {"version": 1})
    assert (event.target_type, event.target_id, event.target_label) == (
        "documents.document",
        str(document.id),
        "契約/A.pdf",
    )
    cast.editor.client().head(page)
    assert newest_event(cast.reader.tenant, "documents.document.opened").id == event.id


def test_each_document_of_a_deleted_folder_has_its_own_end(cast: Cast) -> None:
    """G2: its trail says who deleted it, and with which folder."""
    with tenant_transaction(cast.editor.tenant.id):
        add_file("契約/旧/A.pdf")
        document = Document.objects.get()
        tree.delete_folder(Folder.objects.get(name="契約"), actor=SOMEBODY)
    event = newest_event(cast.editor.tenant, "documents.document.deleted")
    assert (event.target_id, event.target_label, event.after) == (str(document.id), "A.pdf", {"folder": "契約"})
