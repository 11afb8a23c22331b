"""Folders: making, renaming, moving, deleting (D1)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from pytest_django import DjangoCaptureOnCommitCallbacks

from documents import contents, queries, tree
from documents.models import Document, Folder
from documents.names import DEPTH_LIMIT
from tenants.isolation.transactions import atomic, current_connection, tenant_transaction
from tenants.models import Tenant
from tests.documents.making import SOMEBODY, add_file, events_of, folders_of, objects_of, tree_of

pytestmark = pytest.mark.django_db(databases=("default", "platform"))  # removal asks for legal holds


def make(path: str) -> Folder:
    """The folder of that path, made with what is missing."""
    folder = tree.ensure_folders(path.split("/"), within=None, actor=SOMEBODY)
    assert folder is not None
    return folder


def refused(error: pytest.ExceptionInfo[ValidationError]) -> str | None:
    """The code of a refusal."""
    return error.value.code


def test_folders_are_made_once(acme: Tenant, globex: Tenant) -> None:
    """D1: missing folders of a path are made, existing ones used; the other tenant's tree is its own."""
    with tenant_transaction(globex.id):
        make("契約/2026")
    with tenant_transaction(acme.id):
        assert make("契約/2026").id == make("契約/2026").id
        make("契約/2025")
    assert folders_of(acme) == ["契約", "契約/2025", "契約/2026"]
    assert folders_of(globex) == ["契約", "契約/2026"]
    assert events_of(acme) == [
        ("documents.folder.created", "tests", "契約"),
        ("documents.folder.created", "tests", "契約/2026"),
        ("documents.folder.created", "tests", "契約/2025"),
    ]


def test_a_name_stands_once_in_a_place(inside_acme: Tenant) -> None:
    """Neither folders nor documents share a name, at the top as well as below; upper and lower case are two names."""
    top = tree.create_folder(name="Plans", parent=None, actor=SOMEBODY)
    tree.create_folder(name="plans", parent=None, actor=SOMEBODY)
    add_file("Plans/a.txt")
    with pytest.raises(ValidationError) as taken:
        tree.create_folder(name=" Plans ", parent=None, actor=SOMEBODY)
    assert refused(taken) == "taken"
    with pytest.raises(ValidationError) as taken:
        tree.create_folder(name="a.txt", parent=top, actor=SOMEBODY)
    assert refused(taken) == "taken"
    with pytest.raises(ValidationError) as taken:
        add_file("Plans")
    assert refused(taken) == "taken"


def test_the_database_refuses_a_second_name_at_the_top(inside_acme: Tenant) -> None:
    """The top is NULL, which a plain unique constraint would let through."""
    tree.create_folder(name="Plans", parent=None, actor=SOMEBODY)
    with pytest.raises(IntegrityError), atomic():
        Folder(name="Plans", parent=None).save()


def test_folders_nest_up_to_the_limit(inside_acme: Tenant) -> None:
    """A tree without end would break paths, archives and people."""
    lowest = make("/".join("d" * DEPTH_LIMIT))
    with pytest.raises(ValidationError) as too_deep:
        tree.create_folder(name="e", parent=lowest, actor=SOMEBODY)
    assert refused(too_deep) == "deep"
    pair = make("x/y")
    above = make("/".join("d" * (DEPTH_LIMIT - 1)))
    with pytest.raises(ValidationError) as too_deep:
        tree.move_folder(make("x"), to=above, actor=SOMEBODY)
    assert refused(too_deep) == "deep"
    tree.move_folder(pair, to=above, actor=SOMEBODY)


def test_rename(acme: Tenant) -> None:
    """The name changes, and so does what is found; a name that is taken by a document is taken."""
    with tenant_transaction(acme.id):
        folder = make("Draft")
        add_file("a.txt")
        tree.rename_folder(folder, name="ＦＩＮＡＬ", actor=SOMEBODY)
        tree.rename_folder(folder, name="ＦＩＮＡＬ", actor=SOMEBODY)
        with pytest.raises(ValidationError) as taken:
            tree.rename_folder(folder, name="a.txt", actor=SOMEBODY)
        assert refused(taken) == "taken"
        assert list(Folder.objects.values_list("name", "search_name")) == [("ＦＩＮＡＬ", "final")]
    assert events_of(acme, "documents.folder.renamed") == [("documents.folder.renamed", "tests", "ＦＩＮＡＬ")]


def test_move(acme: Tenant) -> None:
    """A folder goes with all that is in it, but never into itself, and not where its name is taken."""
    with tenant_transaction(acme.id):
        a, b = make("a"), make("a/b")
        add_file("a/b/c.txt")
        other = make("other")
        make("other/x/a")
        for target in (a, b):
            with pytest.raises(ValidationError) as loop:
                tree.move_folder(a, to=target, actor=SOMEBODY)
            assert refused(loop) == "into_itself"
        with pytest.raises(ValidationError) as taken:
            tree.move_folder(a, to=make("other/x"), actor=SOMEBODY)
        assert refused(taken) == "taken"
        tree.move_folder(a, to=other, actor=SOMEBODY)
        tree.move_folder(b, to=None, actor=SOMEBODY)
    assert folders_of(acme) == ["b", "other", "other/a", "other/x", "other/x/a"]
    assert tree_of(acme) == {"b/c.txt": [b"content"]}


def test_delete_takes_everything_below_and_nothing_beside(
    acme: Tenant, globex: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """D1: rows go at once, contents once that is committed; the same folder of another tenant stays."""
    with tenant_transaction(globex.id):
        add_file("old/deep/a.txt")
    with tenant_transaction(acme.id):
        add_file("old/a.txt")
        add_file("old/a.txt", b"second")
        add_file("old/deep/b.txt")
        kept = add_file("older/c.txt").object_name
        extent = queries.extent_of(make("old"))
        assert (extent.folders, extent.documents, extent.versions, extent.size) == (1, 2, 3, 20)
        with django_capture_on_commit_callbacks(execute=True):
            tree.delete_folder(make("old"), actor=SOMEBODY)
            assert len(objects_of(acme)) == 4
    assert tree_of(acme) == {"older/c.txt": [b"content"]}
    assert folders_of(acme) == ["older"]
    assert objects_of(acme) == [kept]
    assert tree_of(globex) == {"old/deep/a.txt": [b"content"]}
    assert events_of(acme)[-1] == ("documents.folder.deleted", "tests", "old")


def test_a_folder_that_is_gone_is_said_to_be(inside_acme: Tenant) -> None:
    """Somebody else was faster: a message, not an error of the database."""
    folder = make("gone")
    tree.delete_folder(folder, actor=SOMEBODY)
    for attempt in (
        lambda: tree.create_folder(name="x", parent=folder, actor=SOMEBODY),
        lambda: tree.rename_folder(folder, name="x", actor=SOMEBODY),
        lambda: tree.move_folder(folder, to=None, actor=SOMEBODY),
        lambda: tree.move_folder(make("stays"), to=folder, actor=SOMEBODY),
        lambda: tree.delete_folder(folder, actor=SOMEBODY),
        lambda: add_file("x", folder=folder),
    ):
        with pytest.raises(ValidationError) as gone:
            attempt()
        assert refused(gone) == "gone"


def delete_round_the_service(tenant: Tenant) -> None:
    """Delete every folder at once, and have the database check it, which the transaction round the test never does."""
    with tenant_transaction(tenant.id), current_connection().cursor() as cursor:
        Folder.objects.all().delete()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_keeps_a_folder_that_is_not_empty(acme: Tenant) -> None:
    """Deleting round the service leaves no orphans: the composite foreign key refuses."""
    with tenant_transaction(acme.id):
        add_file("a/b.txt")
    with pytest.raises(IntegrityError):
        delete_round_the_service(acme)
    assert tree_of(acme) == {"a/b.txt": [b"content"]}


def test_documents_are_renamed_moved_and_deleted(
    acme: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """D1: the same rules as for folders."""
    with tenant_transaction(acme.id):
        document = add_file("a/x.txt").document
        folder = make("b")
        contents.rename_document(document, name="y.txt", actor=SOMEBODY)
        contents.move_document(document, to=folder, actor=SOMEBODY)
        make("b/z")
        with pytest.raises(ValidationError) as taken:
            contents.rename_document(document, name="z", actor=SOMEBODY)
        assert refused(taken) == "taken"
        add_file("y.txt", b"other")
        with pytest.raises(ValidationError) as taken:
            contents.move_document(document, to=None, actor=SOMEBODY)
        assert refused(taken) == "taken"
    assert tree_of(acme) == {"b/y.txt": [b"content"], "y.txt": [b"other"]}
    with tenant_transaction(acme.id), django_capture_on_commit_callbacks(execute=True):
        contents.delete_document(Document.objects.get(folder=folder), actor=SOMEBODY)
    assert tree_of(acme) == {"y.txt": [b"other"]}
    assert len(objects_of(acme)) == 1
    with tenant_transaction(acme.id), pytest.raises(ValidationError) as gone:
        contents.delete_document(document, actor=SOMEBODY)
    assert refused(gone) == "gone"
    assert [event[0] for event in events_of(acme, "documents.document.")] == [
        "documents.document.renamed",
        "documents.document.moved",
        "documents.document.deleted",
    ]


def test_each_version_is_kept(acme: Tenant) -> None:
    """D1: the same name again makes the next version."""
    with tenant_transaction(acme.id):
        numbers = [add_file("報告.txt", content).number for content in (b"one", b"two", b"")]
    assert numbers == [1, 2, 3]
    assert tree_of(acme) == {"報告.txt": [b"one", b"two", b""]}
    assert [target for _action, _actor, target in events_of(acme, "documents.file.")] == ["報告.txt"] * 3
