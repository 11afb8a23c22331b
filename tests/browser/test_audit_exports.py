"""Exports of the audit log in a real browser, in both languages: order, watch, download (G2)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from playwright.sync_api import Page, expect

from accounts.menus import ADMINISTRATOR
from config.celery import app
from tests.auditlog.conftest import write
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

WORDS = {
    "en": {"these": "Export these", "denied": "Result: Denied", "write": "Write the file",
           "waits": "Waiting for its turn", "download": "Download", "ready": "Ready", "signature": "Signature"},
    "ja": {"these": "この条件でエクスポート", "denied": "結果: 拒否", "write": "ファイルを作成",
           "waits": "順番を待っています", "download": "ダウンロード", "ready": "ダウンロード可能", "signature": "署名"},
}  # fmt: skip


@pytest.fixture
def jobs_wait() -> Iterator[None]:
    """Jobs stay in the queue until somebody works them off."""
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
@pytest.mark.parametrize("language", ["en", "ja"])
def test_from_the_log_to_the_file(cast: Cast, open_page: Callable[..., Page], language: str) -> None:
    """G2: from the conditions of the log's page to a file with what they chose; the page goes on by itself."""
    words = WORDS[language]
    tenant = cast.admin.tenant
    chosen = write(tenant, outcome="denied", label="請求書.pdf")
    write(tenant, outcome="success")
    page = open_page(make_person(tenant, "hanako", ADMINISTRATOR, name="花子 Hanako", language=language))
    page.goto("/console/audit/?outcome=denied", timeout=30_000)  # the first page of a busy machine takes its time
    page.get_by_role("link", name=words["these"]).click()
    expect(page.get_by_text(words["denied"])).to_be_visible()
    page.get_by_role("button", name=words["write"]).click()
    expect(page.get_by_text(words["waits"])).to_be_visible()
    with a_worker():
        link = page.get_by_role("link", name=words["download"])
        expect(link).to_be_visible(timeout=20_000)
    expect(page.get_by_text(words["ready"]).first).to_be_visible()
    expect(page.get_by_role("link", name=words["signature"])).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert re.fullmatch(r"ACME-audit-log-\d{8}-\d{8}\.csv", download.value.suggested_filename)
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == [str(chosen.id)]
