"""An administrator asks with a file, an operator answers, the administrator reads it, in either language (N4)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.menus import ADMINISTRATOR, OPERATOR
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

WORDS = {
    "en": {"new": "New inquiry", "subject": "Subject of the inquiry", "text": "Message", "files": "Attachments",
           "send": "Send", "waits": "New", "take": "Take over", "answer": "Send the answer", "note": "Internal note",
           "add": "Add the note", "answered": "Waits for the company", "resolved": "It is resolved"},
    "ja": {"new": "新しいお問い合わせ", "subject": "件名", "text": "本文", "files": "添付ファイル", "send": "送信する",
           "waits": "新規", "take": "担当する", "answer": "回答を送信する", "note": "内部メモ", "add": "メモを追加する",
           "answered": "お客様の返信待ち", "resolved": "解決した"},
}  # fmt: skip


@pytest.mark.parametrize(("asking", "answering"), [("ja", "en"), ("en", "ja")])
def test_asked_with_a_file_answered_and_read(
    asking: str,
    answering: str,
    acme: Tenant,
    provider: Tenant,
    open_page: Callable[..., Page],
    settings: Settings,
    tmp_path: Path,
) -> None:
    """N4: the file arrives as it was; the note stays inside; the answer is read where it was asked."""
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    admin = open_page(make_person(acme, "anna", ADMINISTRATOR, language=asking))
    operator = open_page(make_person(provider, "otto", ADMINISTRATOR, OPERATOR, language=answering, name="Otto"))
    ours, theirs = WORDS[asking], WORDS[answering]
    log = tmp_path / "画面.log"
    log.write_text("請求書が開きません\n")

    admin.goto("/inquiries/")
    admin.get_by_role("link", name=ours["new"]).click()
    admin.get_by_label(ours["subject"]).fill("請求書 does not open")
    admin.get_by_label(ours["text"]).fill("Since 9:00.\n\n白い画面です。")
    admin.get_by_label(ours["files"]).set_input_files(log)
    admin.get_by_role("button", name=ours["send"]).click()
    expect(admin.get_by_role("main").get_by_text(ours["waits"], exact=True)).to_be_visible()

    operator.goto("/operator/inquiries/")
    operator.get_by_role("link", name="請求書 does not open").click()
    with operator.expect_download() as download:
        operator.get_by_role("link", name="画面.log").click()
    assert Path(download.value.path()).read_text() == "請求書が開きません\n"
    operator.get_by_role("button", name=theirs["take"]).click()
    expect(operator.get_by_role("button", name=theirs["take"])).to_have_count(0)
    operator.get_by_label(theirs["note"]).fill("Between us only.")
    operator.get_by_role("button", name=theirs["add"]).click()
    expect(operator.get_by_text("Between us only.")).to_be_visible()
    operator.get_by_label(theirs["text"]).fill("Please try again: もう開きます。")
    operator.get_by_role("button", name=theirs["answer"]).click()
    expect(operator.get_by_text("もう開きます。")).to_be_visible()

    admin.reload()
    expect(admin.get_by_text("Please try again: もう開きます。")).to_be_visible()
    expect(admin.get_by_role("main").get_by_text(ours["answered"], exact=True)).to_be_visible()
    expect(admin.get_by_text(re.compile("Between us"))).to_have_count(0)
    admin.get_by_role("button", name=ours["resolved"]).click()
    expect(admin.get_by_role("button", name=ours["resolved"])).to_have_count(0)
