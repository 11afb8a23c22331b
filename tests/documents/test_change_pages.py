"""Making, renaming, moving and deleting folders and documents by their pages (D1).

Every page goes through the same catalogue: works, refused to readers, unknown to strangers, no other method, no bad id,
nobody without a log-in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from documents import tree
from documents.models import Document, Folder
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.documents.making import SOMEBODY, add_file, events_of, folders_of, objects_of, tree_of

pytestmark = pytest.mark.django_db(databases=("default", "platform"))  # removal asks for legal holds


@dataclass(frozen=True)
class Things:
    """What every test starts with: `inbox` with a folder and two documents, and `archive`."""

    inbox: UUID
    inner: UUID
    archive: UUID
    document: UUID


@pytest.fixture
def things(cast: Cast) -> Things:
    """The same names in another company, too."""
    with tenant_transaction(cast.outsider.tenant.id):
        add_file("inbox/inner/a.txt", b"theirs")
    with tenant_transaction(cast.editor.tenant.id):
        document = add_file("inbox/a.txt").document
        add_file("inbox/inner/b.txt")
        tree.create_folder(name="archive", parent=None, actor=SOMEBODY)
        ids = dict(Folder.objects.values_list("name", "id"))
        return Things(ids["inbox"], ids["inner"], ids["archive"], document.id)


@dataclass(frozen=True)
class Page:
    """One page that changes something: its address, what to send, where it leads, and what there is afterwards."""

    url: Callable[[Things], str]
    data: Callable[[Things], dict[str, object]]
    goes_to: Callable[[Things], str]
    folders: list[str]
    documents: list[str]
    action: str


def folder_page(folder: UUID | None) -> str:
    """The address of a folder's page."""
    return reverse("documents:folder", args=[folder]) if folder else reverse("documents:list")


TREE = ["archive", "inbox", "inbox/inner"]
FILES = ["inbox/a.txt", "inbox/inner/b.txt"]
PAGES = {
    "new at the top": Page(
        lambda _t: reverse("documents:new_folder"),
        lambda _t: {"name": " 新しいフォルダ "},
        lambda _t: folder_page(None),
        [*TREE, "新しいフォルダ"],
        FILES,
        "documents.folder.created",
    ),
    "new in a folder": Page(
        lambda t: reverse("documents:new_folder", args=[t.inbox]),
        lambda _t: {"name": "x"},
        lambda t: folder_page(t.inbox),
        [*TREE, "inbox/x"],
        FILES,
        "documents.folder.created",
    ),
    "rename a folder": Page(
        lambda t: reverse("documents:rename_folder", args=[t.inner]),
        lambda _t: {"name": "outer"},
        lambda t: folder_page(t.inner),
        ["archive", "inbox", "inbox/outer"],
        ["inbox/a.txt", "inbox/outer/b.txt"],
        "documents.folder.renamed",
    ),
    "move a folder": Page(
        lambda t: reverse("documents:move_folder", args=[t.inner]),
        lambda t: {"to": t.archive},
        lambda t: folder_page(t.inner),
        ["archive", "archive/inner", "inbox"],
        ["archive/inner/b.txt", "inbox/a.txt"],
        "documents.folder.moved",
    ),
    "move a folder to the top": Page(
        lambda t: reverse("documents:move_folder", args=[t.inner]),
        lambda _t: {"to": ""},
        lambda t: folder_page(t.inner),
        ["archive", "inbox", "inner"],
        ["inbox/a.txt", "inner/b.txt"],
        "documents.folder.moved",
    ),
    "delete a folder": Page(
        lambda t: reverse("documents:delete_folder", args=[t.inner]),
        lambda _t: {},
        lambda t: folder_page(t.inbox),
        ["archive", "inbox"],
        ["inbox/a.txt"],
        "documents.folder.deleted",
    ),
    "rename a document": Page(
        lambda t: reverse("documents:rename_document", args=[t.document]),
        lambda _t: {"name": "z.txt"},
        lambda t: folder_page(t.inbox),
        TREE,
        ["inbox/inner/b.txt", "inbox/z.txt"],
        "documents.document.renamed",
    ),
    "move a document": Page(
        lambda t: reverse("documents:move_document", args=[t.document]),
        lambda t: {"to": t.inner},
        lambda t: folder_page(t.inbox),
        TREE,
        ["inbox/inner/a.txt", "inbox/inner/b.txt"],
        "documents.document.moved",
    ),
    "delete a document": Page(
        lambda t: reverse("documents:delete_document", args=[t.document]),
        lambda _t: {},
        lambda t: folder_page(t.inbox),
        TREE,
        ["inbox/inner/b.txt"],
        "documents.document.deleted",
    ),
}
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))


def state_of(cast: Cast) -> tuple[list[str], list[str], int]:
    """Folders, documents and the number of objects of ACME, after a look that GLOBEX lost nothing."""
    assert tree_of(cast.outsider.tenant) == {"inbox/inner/a.txt": [b"theirs"]}
    tenant = cast.editor.tenant
    return folders_of(tenant), sorted(tree_of(tenant)), len(objects_of(tenant))


@every_page
def test_it_works_for_editors_and_is_recorded(
    cast: Cast, things: Things, page: Page, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """D1, G1: done, shown, written down."""
    with tenant_scope(cast.editor.tenant.id), django_capture_on_commit_callbacks(execute=True):
        answer = cast.editor.client().post(page.url(things), page.data(things))
    assert (answer.status_code, answer["Location"]) == (302, page.goes_to(things))
    assert len(list(get_messages(answer.wsgi_request))) == 1
    assert state_of(cast) == (page.folders, page.documents, len(page.documents))
    assert events_of(cast.editor.tenant)[-1][:2] == (page.action, "erin")
    assert cast.editor.client().get(page.goes_to(things)).status_code == 200


@every_page
def test_the_form_is_shown_and_changes_nothing(cast: Cast, things: Things, page: Page) -> None:
    """GET and HEAD ask, POST does."""
    before, events = state_of(cast), events_of(cast.editor.tenant)
    client = cast.editor.client()
    shown = client.get(page.url(things))
    assert shown.status_code == 200
    assert b"csrfmiddlewaretoken" in shown.content
    assert client.head(page.url(things)).status_code == 200
    assert (state_of(cast), events_of(cast.editor.tenant)) == (before, events)


@every_page
def test_it_is_refused_to_everybody_else(cast: Cast, things: Things, page: Page) -> None:
    """A9, T1: readers 403, another company 404 and the same as an unknown id, nobody to the log-in; 405, 404."""
    before = state_of(cast)
    url, data = page.url(things), page.data(things)
    assert cast.reader.client().post(url, data).status_code == 403
    assert cast.reader.client().get(url).status_code == 403
    assert Client().post(url, data).status_code == 302
    assert Client().post(url, data)["Location"].startswith(reverse("login"))
    assert cast.editor.client().put(url).status_code == 405
    assert cast.editor.client().delete(url).status_code == 405
    ids = [str(value) for value in (things.inbox, things.inner, things.document) if str(value) in url]
    for key in ids:
        assert cast.outsider.client().post(url, data).status_code == 404
        assert cast.outsider.client().get(url).status_code == 404
        assert cast.editor.client().post(url.replace(key, str(uuid4())), data).status_code == 404
        assert cast.editor.client().post(url.replace(key, "1"), data).status_code == 404
    assert state_of(cast) == before


@every_page
def test_it_needs_the_token(cast: Cast, things: Things, page: Page) -> None:
    """P1: a form of another site does nothing."""
    before = state_of(cast)
    client = cast.editor.client()
    client.handler.enforce_csrf_checks = True
    assert client.post(page.url(things), page.data(things)).status_code == 403
    assert state_of(cast) == before


@pytest.mark.parametrize(
    ("page", "data", "reason"),
    [
        ("new at the top", {"name": "inbox"}, "There is something called “inbox” here already."),
        ("new at the top", {"name": "a/b"}, "A name cannot contain / or \\."),
        ("new at the top", {"name": ".."}, "“.” and “..” cannot be names."),
        ("new at the top", {"name": "annexe\u202etxt.exe"}, "invisible control characters"),
        ("new at the top", {"name": "x" * 256}, "255 characters"),
        ("new at the top", {"name": "   "}, "This field is required."),
        ("new at the top", {}, "This field is required."),
        ("new in a folder", {"name": "a.txt"}, "There is something called “a.txt” here already."),
        ("rename a folder", {"name": "a.txt"}, "There is something called “a.txt” here already."),
        ("rename a document", {"name": "inner"}, "There is something called “inner” here already."),
        ("move a folder", {"to": "no id"}, "Select a valid choice."),
        ("move a document", {"to": str(uuid4())}, "Select a valid choice."),
    ],
)
def test_bad_input_gets_its_reason_in_the_form(
    cast: Cast, things: Things, page: str, data: dict[str, str], reason: str
) -> None:
    """D6: the page comes back and says what is wrong; nothing has changed."""
    before = state_of(cast)
    answer = cast.editor.client().post(PAGES[page].url(things), data)
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert state_of(cast) == before


def test_a_folder_is_not_offered_as_its_own_place(cast: Cast, things: Things) -> None:
    """Nor is any folder below it, and none of another company."""
    with tenant_transaction(cast.outsider.tenant.id):
        theirs = Folder.objects.get(name="inbox").id
    client = cast.editor.client()
    page = client.get(reverse("documents:move_folder", args=[things.inbox])).content.decode()
    assert str(things.archive) in page
    assert f'value="{things.inner}"' not in page
    assert f'value="{things.inbox}"' not in page
    assert str(theirs) not in page
    for place in (things.inner, theirs):
        answer = client.post(reverse("documents:move_folder", args=[things.inbox]), {"to": place})
        assert "Select a valid choice." in answer.content.decode()


def test_deletion_names_what_will_be_lost(cast: Cast, things: Things) -> None:
    """DESIGN section 12: how many folders, documents and bytes."""
    with tenant_transaction(cast.editor.tenant.id):
        add_file("inbox/a.txt", bytes(2041))
    page = cast.editor.client().get(reverse("documents:delete_folder", args=[things.inbox])).content.decode()
    assert "1 folder inside" in page
    assert "2 documents in 3 versions, 2.0\xa0KB" in page
    page = cast.editor.client().get(reverse("documents:delete_document", args=[things.document])).content.decode()
    assert "1 document in 2 versions, 2.0\xa0KB" in page


def test_who_comes_second_is_told(cast: Cast, things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people delete the same document: the second one reads that it is gone."""
    from documents import contents

    real = contents.delete_document

    def second(document: Document, **kwargs: object) -> None:
        real(document, **kwargs)  # type: ignore[arg-type]  # the first person
        real(document, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(contents, "delete_document", second)
    answer = cast.editor.client().post(reverse("documents:delete_document", args=[things.document]))
    assert answer.status_code == 302
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "This document was deleted in the meantime."
    ]
