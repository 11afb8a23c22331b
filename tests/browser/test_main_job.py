"""The walk through the whole house: two companies work, cannot see each other, one is restored (T1, A1, B6, D1)."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

FILES = {
    "minutes.txt": b"Agenda\n1. Walls\n",
    "figures/sales.csv": b"month,amount\n2026-10,120\n",
    "議事録.txt": "全員出席".encode(),
}
ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}/")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files as somebody would have on their desk."""
    top = tmp_path / "Board 2026"
    for name, content in FILES.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return top


def log_in(page: Page, company: str, user_id: str) -> None:
    """Through the log-in page, like everybody."""
    page.goto("/login/")
    page.get_by_role("textbox", name="Company code").fill(company)
    page.get_by_role("textbox", name="User ID").fill(user_id)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Welcome")


def upload(page: Page, folder: Path) -> None:
    """Choose the folder in the drop zone and wait until every file of it is listed."""
    page.goto("/documents/")
    page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(page.get_by_role("link", name=folder.name)).to_be_visible()


def addresses_below(page: Page, path: str) -> set[str]:
    """Every address with an id that the pages from there on show."""
    found: set[str] = set()
    waiting = [path]
    while waiting:
        page.goto(waiting.pop())
        shown = {
            href for href in page.eval_on_selector_all("main [href]", "all => all.map(one => one.pathname)") if href
        }
        new = {href for href in shown if ID.search(href)} - found
        found |= new
        waiting += [href for href in new if "/folders/" in href]
    return found


def test_two_companies_one_archive(
    open_page: Callable[..., Page], cast: Cast, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ACME's files are ACME's alone, everything is on record, and the archive opens as a new company."""
    editor = open_page()
    log_in(editor, "ACME", "erin")
    upload(editor, folder)
    addresses = addresses_below(editor, "/documents/")
    assert len(addresses) > len(FILES)

    stranger = open_page()
    log_in(stranger, "GLOBEX", "gina")
    stranger.goto("/documents/?name=minutes")
    expect(stranger.get_by_role("link", name="minutes.txt")).to_have_count(0)
    assert {address: stranger.request.get(address).status for address in addresses} == dict.fromkeys(addresses, 404)

    with tenant_transaction(cast.admin.tenant.id):
        uploads = AuditEvent.objects.filter(action="documents.file.uploaded").values_list(
            "actor_user_id", "target_label"
        )
        assert sorted(uploads) == sorted(("erin", f"Board 2026/{name}") for name in FILES)
    with tenant_transaction(cast.outsider.tenant.id):
        missed = AuditEvent.objects.filter(action="access.not_found").values_list("target_label", flat=True)
        assert set(missed) == addresses
        assert not AuditEvent.objects.filter(action="documents.file.uploaded").exists()

    archive = run(capsys, "backup", "run", "--tenant", "ACME", "--json")[0]["id"]
    run(capsys, "backup", "verify", archive, "--json")
    run(capsys, "backup", "restore", archive, "--as", "ACME-2", "--json")

    restored = open_page()
    log_in(restored, "ACME-2", "erin")
    restored.goto("/documents/")
    restored.get_by_role("link", name="Board 2026").click()
    assert download(restored, "議事録.txt", tmp_path) == FILES["議事録.txt"]


def run(capsys: pytest.CaptureFixture[str], *command: str) -> list[dict[str, str]]:
    """What the command printed for machines."""
    capsys.readouterr()
    call_command(*command)
    printed = json.loads(capsys.readouterr().out)
    return printed if isinstance(printed, list) else [printed]


def download(page: Page, name: str, directory: Path) -> bytes:
    """The content of a file, as the browser saves it."""
    page.get_by_role("link", name=name, exact=True).click()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Download").first.click()
    path = directory / "saved"
    saving.value.save_as(path)
    return path.read_bytes()
