"""A file is deleted and brought back from a generation, as people do it (B6)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from auditlog.actors import Actor
from backups.services import back_up
from documents.contents import store_file
from documents.names import Place
from tenants.isolation.context import tenant_scope
from tests.backups.digests import changed, every_row
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]


@pytest.fixture
def backed_up(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    """Two files of the company, and a generation that holds them."""
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    with tenant_scope(cast.admin.tenant.id):
        for name in ("minutes.txt", "other.txt"):
            store_file([b"Agenda\n1. Walls\n"], place=Place(("Board",), name), actor=cast.editor.actor)
        back_up(actor=Actor.system("tests"))


def test_a_deleted_file_is_brought_back_and_opens(cast: Cast, backed_up: None, open_page: Callable[..., Page]) -> None:
    """B6: the editor deletes it and is told; the administrator ticks it; it opens, and every other row is as it was."""
    at_first = every_row()
    editor = open_page(cast.editor)
    editor.goto("/documents/")
    editor.get_by_role("link", name="Board").click()
    editor.get_by_role("link", name="minutes.txt").click()
    editor.get_by_text("This document").click()
    editor.get_by_role("link", name="Delete").click()
    expect(editor.get_by_text("can be brought back by an administrator of your company")).to_be_visible()
    editor.get_by_role("main").get_by_role("button", name=re.compile("Delete")).click()
    expect(editor.get_by_text("was deleted")).to_be_visible()
    deleted = every_row()

    admin = open_page(cast.admin)
    admin.goto("/console/backups/")
    admin.get_by_role("link", name="Deleted files").click()
    expect(admin.get_by_text("1 deleted file")).to_be_visible()
    admin.get_by_role("searchbox", name="Name or path").fill("board/min")
    admin.get_by_role("searchbox", name="Name or path").press("Enter")
    admin.get_by_label("Choose minutes.txt").check()
    admin.get_by_role("button", name="Bring back what is ticked").click()
    expect(admin.get_by_text("The files are back")).to_be_visible()

    editor.goto("/documents/")
    editor.get_by_role("link", name="Board").click()
    editor.get_by_role("link", name="minutes.txt").click()
    with editor.expect_download() as download:
        editor.get_by_role("link", name="Download").first.click()
    assert Path(download.value.path()).read_bytes() == b"Agenda\n1. Walls\n"

    after = every_row()
    traces = {"restore_requests_restorerequest", "auditlog_auditevent", "accounts_session", "documents_storageuse"}
    assert {"documents_document", "documents_documentversion"} <= changed(deleted, after).keys()
    assert changed(deleted, after).keys() - traces == {"documents_document", "documents_documentversion"}
    assert changed(at_first, after).keys() <= traces
