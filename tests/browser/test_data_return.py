"""Data return in a real browser: ask, watch, fetch, unpack (R3)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from accounts.menus import ADMINISTRATOR
from config.celery import app
from tests.backups.conftest import furnish
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]


@pytest.fixture
def jobs_wait(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """Jobs stay in the queue until somebody works them off; stores of this test alone."""
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    app.conf.task_always_eager = False
    app.control.purge()
    yield
    app.control.purge()
    app.conf.task_always_eager = True


@contextmanager
def a_worker() -> Iterator[None]:
    """Somebody who does."""
    celery: Any = app
    with start_worker(celery, perform_ping_check=False, pool="solo", loglevel="ERROR"):
        yield


@pytest.mark.usefixtures("jobs_wait")
def test_from_the_wish_to_the_files(cast: Cast, open_page: Callable[..., Page]) -> None:
    """R3: in Japanese; the page goes on by itself, and what comes out is a ZIP with the files."""
    company = furnish(cast.admin.tenant, size=20_000)
    hanako = make_person(company.tenant, "hanako", ADMINISTRATOR, name="花子 Hanako", language="ja")
    page = open_page(hanako)
    page.goto("/console/data-return/", timeout=30_000)  # the first page of a busy machine takes its time
    page.get_by_role("button", name="全データをファイルに書き出す").click()
    expect(page.get_by_text("順番を待っています")).to_be_visible()
    with a_worker():
        link = page.get_by_role("link", name="番目のZIPファイル")
        expect(link).to_be_visible(timeout=20_000)
    with page.expect_download() as download:
        link.click()
    assert re.fullmatch(r"ACME-data-return-\d{8}-01of01\.zip", download.value.suggested_filename)
    with ZipFile(download.value.path()) as archive:
        assert archive.read("files/契約/2026年/請求書①.pdf") == company.files["契約/2026年/請求書①.pdf"]
    page.get_by_role("button", name="ファイルを今すぐ削除").click()
    expect(page.get_by_text("ファイル削除済み")).to_be_visible()
