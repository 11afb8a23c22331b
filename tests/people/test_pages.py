"""Removal, import and export in the console (A8). Who may open which page is in tests/test_permission_matrix.py."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.menus import ADMINISTRATOR, READER
from accounts.models import User
from accounts.people import exporting, forms, importing
from accounts.people.models import ImportState, UserImport
from accounts.people.progress import note_progress
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event, page_of
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.people.conftest import csv_of

pytestmark = pytest.mark.django_db

IMPORTS = "/console/users/import/"


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def send(client: Client, content: bytes, name: str = "list.csv") -> str:
    """Upload a list; returns the address of its page, or the page with the complaint."""
    response = client.post(IMPORTS, {"file": SimpleUploadedFile(name, content, "text/csv")})
    return response["Location"] if response.status_code == 302 else response.content.decode()


# --- Removal -----------------------------------------------------------------------------------------------------
def test_removing_asks_for_the_user_id(cast: Cast, client: Client) -> None:
    """A8, DESIGN 12: what is lost is named; another word removes nobody."""
    address = f"/console/users/{cast.editor.user.id}/remove/"
    page = page_of(client, address)
    assert "Remove Erin (erin)?" in page
    assert "Documents stay" in page
    assert "another one" in client.post(address, {"confirmation": "rob"}, follow=True).content.decode()
    assert actions_of(cast.admin.tenant) == []
    page = client.post(address, {"confirmation": "erin"}, follow=True).content.decode()
    assert "Erin (erin) was removed." in page
    assert "<code>erin</code>" not in page


def test_removing_oneself_is_neither_offered_nor_possible(cast: Cast, client: Client) -> None:
    """A10: with the reason."""
    address = f"/console/users/{cast.admin.user.id}/"
    assert "/remove/" not in page_of(client, address)
    page = client.post(address + "remove/", {"confirmation": "alice"}, follow=True).content.decode()
    assert "You cannot remove yourself." in page


# --- Import ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_from_the_upload_to_the_invited_users(cast: Cast, client: Client) -> None:
    """A7, A8: a preview, one button, a result."""
    make_person(cast.admin.tenant, "x", READER)
    address = send(client, csv_of("nina,Nina <b>New</b>,nina@acme.example,Reader,"))
    page = page_of(client, address)
    assert "1 user will be registered and invited" in page
    assert "Nina &lt;b&gt;New&lt;/b&gt;" in page
    page = client.post(address + "start/", follow=True).content.decode()
    assert "1 user was registered" in page
    assert "nina@acme.example" in page_of(client, "/console/users/", state="invited")
    assert "list.csv" in page_of(client, IMPORTS)


def test_problems_are_listed_by_line_and_nothing_can_be_imported(cast: Cast, client: Client) -> None:
    """A8, D6: every problem; the button is missing and the address refuses."""
    address = send(client, csv_of("erin,Erin,erin@acme.example,,", "b c,B,b@acme.example,Boss,"))
    page = page_of(client, address)
    for text in (
        "3 problems: nothing can be imported yet",
        "The user ID “erin” is taken.",
        "The user ID “b c” may contain",
        "There is no role “Boss”.",
    ):
        assert text in page
    assert "start/" not in page
    assert "This list cannot be imported." in client.post(address + "start/", follow=True).content.decode()
    page = client.post(address + "discard/", follow=True).content.decode()
    assert "The list was deleted." in page
    with tenant_transaction(cast.admin.tenant.id):
        assert not UserImport.objects.exists()


def test_an_upload_without_a_file_gets_a_message(cast: Cast, client: Client) -> None:
    """D6: and so does an empty one."""
    assert "This field is required." in client.post(IMPORTS).content.decode()
    assert "The file is empty." in send(client, b"")
    assert actions_of(cast.admin.tenant) == []


def test_a_huge_file_is_stopped_on_the_way_in(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """D6: told to the person, and never on the disk."""
    seen = []
    taken = forms.CappedUpload.receive_data_chunk

    def watch(self: forms.CappedUpload, raw_data: bytes, start: int) -> bytes:
        seen.append(len(raw_data))
        return taken(self, raw_data, start)

    monkeypatch.setattr(forms.CappedUpload, "receive_data_chunk", watch)
    monkeypatch.setattr(forms, "MAX_BYTES", 100_000)
    assert "The file is larger than 5 MB." in send(client, b"x" * 1_000_000)
    assert sum(seen) < 200_000
    assert actions_of(cast.admin.tenant) == []


def test_the_token_is_checked(cast: Cast) -> None:
    """ASVS 3.5.1: although the view takes the body before Django's own check does."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = cast.admin.client().cookies
    file = SimpleUploadedFile("list.csv", csv_of("nina,Nina,nina@acme.example,,"))
    assert client.post(IMPORTS, {"file": file}).status_code == 403
    assert actions_of(cast.admin.tenant) == ["access.refused"]


def test_progress_is_cheap_and_ends_with_a_fresh_page(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A8: asked every second."""
    address = send(client, csv_of(*(f"u{n},U,u{n}@acme.example,," for n in range(40))))
    with tenant_transaction(cast.admin.tenant.id):
        row = UserImport.objects.get()
        importing.start(row, actor=cast.admin.actor)  # not committed, so the job does not come
        note_progress(row.id, 10, 40)
    assert "The import is running" in page_of(client, address)
    with django_assert_num_queries(5):  # BEGIN, session, menus, one short row, COMMIT
        response = client.get(address + "status/")
    assert "10 of 40" in response.content.decode()
    assert "HX-Refresh" not in response
    with tenant_transaction(cast.admin.tenant.id):
        UserImport.objects.update(state=ImportState.DONE, content=None, finished_at=timezone.now())
    assert client.get(address + "status/")["HX-Refresh"] == "true"


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_of_imports_costs_the_same_for_many(
    cast: Cast, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Style 7.22."""
    for _number in range(count):
        send(client, csv_of("nina,Nina,nina@acme.example,,"))
    with django_assert_num_queries(14):
        page_of(client, IMPORTS)


def test_an_import_of_another_company_is_unknown(cast: Cast) -> None:
    """T1, ASVS 8.2.2: by every address."""
    address = send(cast.admin.client(), csv_of("nina,Nina,nina@acme.example,,"))
    stranger = cast.outsider.client()
    assert stranger.get(address).status_code == 404
    assert {stranger.post(address + verb).status_code for verb in ("start/", "discard/")} == {404}
    assert "list.csv" not in page_of(stranger, IMPORTS)


# --- Export ------------------------------------------------------------------------------------------------------
def exported(client: Client) -> list[list[str]]:
    """The rows of the export."""
    content = b"".join(client.get("/console/users/export/"))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_export_holds_everybody_and_runs_nothing(cast: Cast, client: Client) -> None:
    """A8, G9: stable columns, safe cells, recorded; not a trace of GLOBEX."""
    make_person(cast.admin.tenant, "mallory", name='=HYPERLINK("http://evil.example")', email="+m@acme.example")
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.update(created_at="2026-11-01T00:00:00Z")
        User.objects.filter(user_id="erin").update(last_login="2026-11-02T15:00:00Z")
    rows = exported(client)
    assert rows[0] == ["User ID", "Name", "E-mail address", "Roles", "Language", "State", "Time zone", "Registered",
                       "Last log-in"]  # fmt: skip
    assert rows[2] == ["erin", "Erin", "erin@acme.example", "Editor", "en", "Active", "Asia/Tokyo",
                       "2026-11-01 09:00:00+09:00", "2026-11-03 00:00:00+09:00"]  # fmt: skip
    assert rows[3][1:3] == ['\'=HYPERLINK("http://evil.example")', "'+m@acme.example"]
    assert [row[0] for row in rows[1:]] == ["alice", "erin", "mallory", "rob"]
    assert newest_event(cast.admin.tenant, "accounts.users.exported").after == {"users": 4, "format": "csv"}


def test_the_export_goes_on_for_any_number(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A8: in portions, without a gap and without a repetition; HEAD is no export."""
    monkeypatch.setattr(exporting, "_BATCH", 2)
    for number in range(5):
        make_person(cast.admin.tenant, f"user{number}")
    assert [row[0] for row in exported(client)[1:]] == ["alice", "erin", "rob", *(f"user{n}" for n in range(5))]
    assert client.head("/console/users/export/").status_code == 200
    assert actions_of(cast.admin.tenant) == ["accounts.users.exported"]


def test_the_template_is_a_list_that_can_be_imported(cast: Cast) -> None:
    """A8: in both languages, its headings are known."""
    for language in ("en", "ja"):
        client = make_person(cast.admin.tenant, f"a-{language}", ADMINISTRATOR, language=language).client()
        template = client.get(IMPORTS + "template/").content
        address = send(client, template + f"new-{language},新人,new@acme.example,,\r\n".encode())
        with tenant_transaction(cast.admin.tenant.id):
            assert UserImport.objects.get(id=address.rstrip("/").rpartition("/")[2]).problems == []


def test_a_stale_upload_is_not_started_by_its_age(cast: Cast, client: Client) -> None:
    """A8: whatever its age, the list is checked again when it is imported."""
    address = send(client, csv_of("nina,Nina,nina@acme.example,,"))
    with tenant_transaction(cast.admin.tenant.id):
        UserImport.objects.update(uploaded_at=timezone.now() - timedelta(hours=20))
    make_person(cast.admin.tenant, "nina")
    client.post(address + "start/")
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.filter(user_id="nina").count() == 1
