"""Nothing of documents crosses the wall (T1). In every test both companies have the same things."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from documents import contents, counterparties, limits, queries, removal, tree
from documents.filters import NameFilter
from documents.models import Counterparty, Document, DocumentVersion, Folder
from documents.names import Place
from documents.objects import open_content, store_content
from tenants.isolation.context import NoTenant, WrongTenant, tenant_scope
from tenants.isolation.transactions import current_connection, tenant_transaction
from tenants.models import Tenant
from tests.documents.making import SOMEBODY, add_file, objects_of, tree_of
from vault.errors import ObjectMissing, ObjectUnreadable
from vault.stores import copy_object, document_store

pytestmark = pytest.mark.django_db(databases=("default", "platform"))  # removal asks for legal holds


@pytest.fixture
def theirs(acme: Tenant, globex: Tenant) -> dict[str, Any]:
    """What GLOBEX has; ACME has the same under other keys."""
    things: dict[str, Any] = {}
    for tenant in (acme, globex):
        with tenant_transaction(tenant.id):
            version = add_file("契約/a.txt", tenant.company_code.encode())
            partner = counterparties.create_counterparty(code="C-1", name=f"of {tenant.company_code}", actor=SOMEBODY)
            things = {
                "folder": Folder.objects.get(),
                "document": version.document,
                "version": version,
                "partner": partner,
                "content": store_content([b"x"], name="x"),
            }
    return things


ATTEMPTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "create in": lambda t: tree.create_folder(name="x", parent=t["folder"], actor=SOMEBODY),
    "rename a folder": lambda t: tree.rename_folder(t["folder"], name="x", actor=SOMEBODY),
    "move a folder": lambda t: tree.move_folder(t["folder"], to=None, actor=SOMEBODY),
    "move a folder into": lambda t: tree.move_folder(Folder.objects.get(), to=t["folder"], actor=SOMEBODY),
    "delete a folder": lambda t: tree.delete_folder(t["folder"], actor=SOMEBODY),
    "upload into": lambda t: add_file("x", folder=t["folder"]),
    "rename a document": lambda t: contents.rename_document(t["document"], name="x", actor=SOMEBODY),
    "move a document": lambda t: contents.move_document(t["document"], to=None, actor=SOMEBODY),
    "move a document into": lambda t: contents.move_document(Document.objects.get(), to=t["folder"], actor=SOMEBODY),
    "delete a document": lambda t: contents.delete_document(t["document"], actor=SOMEBODY),
    "change a counterparty": lambda t: counterparties.change_counterparty(t["partner"], name="x", actor=SOMEBODY),
    "save a folder": lambda t: t["folder"].save(),
    "save a version": lambda t: t["version"].save(),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=list(ATTEMPTS))
def test_services_refuse_what_is_another_companys(
    acme: Tenant, globex: Tenant, theirs: dict[str, Any], attempt: Callable[[dict[str, Any]], Any]
) -> None:
    """T1: even with the other company's row in hand."""
    with tenant_transaction(acme.id), pytest.raises((ValidationError, WrongTenant)):
        attempt(theirs)
    assert tree_of(acme) == {"契約/a.txt": [b"ACME"]}
    assert tree_of(globex) == {"契約/a.txt": [b"GLOBEX"]}
    with tenant_transaction(globex.id):
        assert list(Counterparty.objects.values_list("name", flat=True)) == ["of GLOBEX"]


def test_deactivating_another_companys_partner_does_nothing(
    acme: Tenant, globex: Tenant, theirs: dict[str, Any]
) -> None:
    """T1: an UPDATE finds no row."""
    with tenant_transaction(acme.id):
        counterparties.deactivate_counterparty(theirs["partner"], actor=SOMEBODY)
    with tenant_transaction(globex.id):
        assert Counterparty.objects.get().active


def test_reads_know_one_company_only(acme: Tenant, globex: Tenant, theirs: dict[str, Any]) -> None:
    """T1: lists, search, ways and sums."""
    with tenant_transaction(acme.id):
        folder, document = Folder.objects.get(), Document.objects.get()
        own = DocumentVersion.objects.get()
        assert [row["id"] for row in queries.rows_of(None)] == [folder.id]
        assert [row["id"] for row in queries.rows_of(folder)] == [document.id]
        found = [NameFilter({"name": "a"}, queryset=rows).qs for rows in (queries.folders(), queries.documents())]
        assert [row["id"] for row in queries.rows(*found)] == [document.id]
        assert queries.ways_to([folder.id, theirs["folder"].id]) == {folder.id: [(folder.id, "契約")]}
        assert queries.below(theirs["folder"]) == {}
        assert queries.paths() == [(folder.id, "契約")]
        assert queries.storage_used() == len(b"ACME")
        assert queries.referenced([own.object_name, theirs["version"].object_name]) == {own.object_name}
        assert limits.allowance().room == acme.plan.storage_bytes - 4


@pytest.mark.parametrize(
    ("table", "column", "thing"),
    [
        ("documents_folder", "parent_id", "folder"),
        ("documents_document", "folder_id", "folder"),
        ("documents_documentversion", "document_id", "document"),
    ],
)
def test_the_database_refuses_a_row_that_points_across(
    acme: Tenant, theirs: dict[str, Any], table: str, column: str, thing: str
) -> None:
    """T1: foreign keys are checked past row-level security, so they carry the tenant."""
    with pytest.raises(IntegrityError):
        point_across(acme, f'UPDATE "{table}" SET "{column}" = %s', theirs[thing].id)


def point_across(tenant: Tenant, statement: str, key: UUID) -> None:
    """Run the statement for the tenant and have its foreign keys checked."""
    with tenant_transaction(tenant.id), current_connection().cursor() as cursor:
        cursor.execute(statement, [key])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_contents_are_read_by_their_company_only(acme: Tenant, globex: Tenant, theirs: dict[str, Any]) -> None:
    """T1, D7: keys differ, names are bound, and a copied object opens nothing."""
    version = theirs["version"]
    assert b"".join(open_content(version)) == b"GLOBEX"
    store = document_store()
    copied = f"{acme.id}/documents/{version.object_name}"
    copy_object(store, f"{globex.id}/documents/{version.object_name}", store, copied)
    version.tenant_id = acme.id
    with pytest.raises(ObjectUnreadable):
        open_content(version)


def test_the_name_of_a_foreign_content_opens_nothing(acme: Tenant, globex: Tenant, theirs: dict[str, Any]) -> None:
    """T1: a version that names it cannot be read, and its removal does not reach it."""
    with tenant_transaction(acme.id):
        version = contents.add_version(theirs["content"], place=Place((), "stolen"), actor=SOMEBODY)
    with pytest.raises(ObjectMissing):
        open_content(version)
    with tenant_scope(acme.id):
        removal.remove_unreferenced([theirs["version"].object_name])
    assert len(objects_of(globex)) == 2


def test_without_a_company_there_is_nothing() -> None:
    """T1: no scope, no rows, no objects: an error, not silence."""
    for attempt in (queries.folders, queries.storage_used, removal.sweep, lambda: store_content([b"x"], name="x")):
        with pytest.raises(NoTenant):
            attempt()
