"""Looking at folders, documents and search results (D1)."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from documents import tree
from documents.models import Document, Folder
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.documents.making import SOMEBODY, add_file

pytestmark = pytest.mark.django_db


def names_on(client: Client, url: str, **query: str) -> list[str]:
    """The names that the list of a page shows, in its order."""
    html = client.get(url, query).content.decode()
    body = re.search(r"<tbody.*?</tbody>", html, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", body[0], re.DOTALL) if body else []
    links = (re.search(r'/(?:folders|files)/[0-9a-f-]{36}/">([^<\s][^<]*)</a>', row) for row in rows)
    return [link[1] for link in links if link]


def fill(cast: Cast) -> Folder:
    """A folder with something in it for ACME, and the same for GLOBEX, which must not be seen."""
    with tenant_transaction(cast.outsider.tenant.id):
        add_file("契約/secret of globex.pdf")
    with tenant_transaction(cast.editor.tenant.id):
        add_file("契約/b.pdf", b"%PDF-1.7 " + bytes(3000), actor=cast.editor.actor)
        add_file("契約/A.csv", b"a,b\n")
        add_file("契約/A.csv", b"a,b,c\n")
        add_file("契約/sub/c.txt")
        return Folder.objects.get(name="契約")


def test_a_folder_shows_folders_first_then_documents(cast: Cast) -> None:
    """D1: name, size, type, version, who and when."""
    folder = fill(cast)
    client = cast.reader.client()
    assert names_on(client, reverse("documents:list")) == ["契約"]
    url = reverse("documents:folder", args=[folder.id])
    assert names_on(client, url) == ["sub", "A.csv", "b.pdf"]
    page = client.get(url).content.decode()
    for shown in ("CSV table", "PDF", "2.9\xa0KB", "Erin", "Folder"):
        assert shown in page
    assert "globex" not in page.replace("GLOBEX", "")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["sub", "A.csv", "b.pdf"]),
        ("-name", ["sub", "b.pdf", "A.csv"]),
        ("size", ["sub", "A.csv", "b.pdf"]),
        ("-size", ["sub", "b.pdf", "A.csv"]),
        ("content_type", ["sub", "b.pdf", "A.csv"]),
        ("-content_type", ["sub", "A.csv", "b.pdf"]),
        ("-changed_at", ["sub", "A.csv", "b.pdf"]),
        ("changed_at", ["sub", "b.pdf", "A.csv"]),
        ("nonsense", ["sub", "A.csv", "b.pdf"]),
    ],
)
def test_the_columns_sort_and_folders_stay_on_top(cast: Cast, sort: str, expected: list[str]) -> None:
    """Either way round."""
    folder = fill(cast)
    assert names_on(cast.reader.client(), reverse("documents:folder", args=[folder.id]), sort=sort) == expected


def test_a_list_is_cut_into_pages(cast: Cast) -> None:
    """25 rows a page, across the border between folders and documents."""
    with tenant_transaction(cast.reader.tenant.id):
        for number in range(20):
            tree.create_folder(name=f"folder {number:02}", parent=None, actor=SOMEBODY)
            add_file(f"file {number:02}.txt")
    client, url = cast.reader.client(), reverse("documents:list")
    first, second = names_on(client, url), names_on(client, url, page="2")
    assert first == [f"folder {n:02}" for n in range(20)] + [f"file {n:02}.txt" for n in range(5)]
    assert second == [f"file {n:02}.txt" for n in range(5, 20)]
    assert names_on(client, url, page="99") == second
    assert names_on(client, url, page="x") == first


def test_readers_see_no_buttons_for_changes(cast: Cast) -> None:
    """A9: what one may not do is not offered."""
    folder = fill(cast)
    url = reverse("documents:folder", args=[folder.id])
    offered = cast.editor.client().get(url).content.decode()
    not_offered = cast.reader.client().get(url).content.decode()
    for path in ("/upload/", "/new/", "/rename/", "/delete/", "/move/"):
        assert path in offered
        assert path not in not_offered


def test_an_empty_place_says_what_to_do(cast: Cast) -> None:
    """DESIGN section 12: empty states."""
    assert "Drop files above" in cast.editor.client().get(reverse("documents:list")).content.decode()
    assert "Somebody with the right to edit" in cast.reader.client().get(reverse("documents:list")).content.decode()


def test_a_document_shows_its_versions(cast: Cast) -> None:
    """D1: each with its own download, newest first."""
    fill(cast)
    with tenant_transaction(cast.reader.tenant.id):
        document = Document.objects.get(name="A.csv")
    page = cast.reader.client().get(reverse("documents:document", args=[document.id])).content.decode()
    numbers = re.findall(r"versions/(\d+)/download/", page)
    assert numbers == ["2", "1"]
    assert "契約" in page
    assert "CSV table" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "契約"}, ["契約"]),
        ({"name": "pdf"}, ["b.pdf"]),
        ({"name": "ＰＤＦ"}, ["b.pdf"]),
        ({"name": "a.C"}, ["A.csv"]),
        ({"name": "b"}, ["sub", "b.pdf"]),
        ({"name": "b", "match": "begins"}, ["b.pdf"]),
        ({"name": "c v"}, ["A.csv"]),
        ({"name": "%"}, []),
        ({"name": "_"}, []),
        ({"name": "secret"}, []),
        ({"name": "' OR 1=1 --"}, []),
        ({"name": ""}, []),
        ({}, []),
        ({"name": "b", "match": "nonsense"}, []),
    ],
)
def test_search_looks_into_every_folder_of_the_company(cast: Cast, query: dict[str, str], expected: list[str]) -> None:
    """D1: any part or the beginning of a name, whatever width and case; never a name of the other company."""
    fill(cast)
    assert names_on(cast.reader.client(), reverse("documents:search"), **query) == expected


def test_search_shows_the_way_to_what_it_found(cast: Cast) -> None:
    """Names are alike; the way tells them apart."""
    fill(cast)
    page = cast.reader.client().get(reverse("documents:search"), {"name": "c.txt"}).content.decode()
    assert "契約 / sub" in page


@pytest.mark.parametrize("where", ["list", "folder", "search", "document"])
def test_lists_cost_the_same_however_long_they_are(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, where: str
) -> None:
    """A page of one row and a page of thirty ask the database as often, session, menus and company included."""
    expected = {"list": 11, "folder": 13, "search": 11, "document": 17}[where]
    with tenant_transaction(cast.editor.tenant.id):
        add_file("f/x 0.txt")
        folder = Folder.objects.get()
        document = Document.objects.get()
        tree.create_folder(name="x", parent=folder, actor=SOMEBODY)
    url = {
        "list": reverse("documents:list"),
        "folder": reverse("documents:folder", args=[folder.id]),
        "search": reverse("documents:search") + "?name=x",
        "document": reverse("documents:document", args=[document.id]),
    }[where]
    client = cast.editor.client()
    with django_assert_num_queries(expected):
        assert client.get(url).status_code == 200
    with tenant_transaction(cast.editor.tenant.id):
        for number in range(30):
            add_file({"list": f"top {number}.csv", "document": "f/x 0.txt"}.get(where, f"f/g{number}/x {number}.txt"))
    with django_assert_num_queries(expected):
        assert client.get(url).status_code == 200


def test_strangers_find_nothing(cast: Cast) -> None:
    """T1: another company's folder or document is as unknown as one that never was; nobody logged in sees any."""
    folder = fill(cast)
    with tenant_transaction(cast.reader.tenant.id):
        document = Document.objects.get(name="b.pdf")
    pages = {"documents:folder": folder.id, "documents:document": document.id, "documents:download": document.id}
    for name, key in pages.items():
        assert cast.reader.client().get(reverse(name, args=[key])).status_code == 200
        assert cast.outsider.client().get(reverse(name, args=[key])).status_code == 404
        assert cast.reader.client().get(reverse(name, args=[uuid4()])).status_code == 404
        answer = Client().get(reverse(name, args=[key]))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))


def test_pages_take_get_and_head_only(cast: Cast) -> None:
    """A wrong method is said to be one."""
    client = cast.reader.client()
    for name in ("documents:list", "documents:search"):
        assert client.post(reverse(name)).status_code == 405
        assert client.head(reverse(name)).status_code == 200
