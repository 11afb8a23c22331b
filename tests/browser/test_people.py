"""People in a real browser, in both languages: invite, import, take inventory (A7, A8, A12)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accounts.inventory.models import AccountReview
from accounts.menus import ADMINISTRATOR
from accounts.models import User
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import mailed_invitation
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, Person, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

WORDS = {
    "en": {"user_id": "User ID", "name": "Name", "email": "E-mail address", "register": "Register and invite",
           "set": "Set the password", "file": "CSV file", "upload": "Upload and check", "problem": "1 problem:",
           "import": "Import and invite", "done": "2 users were registered", "begin": "Begin the inventory",
           "decision": "Decision", "comment": "Comment", "record": "Record the decision", "now": "Remove now",
           "complete": "Complete the inventory", "pdf": "Report (PDF)", "remove": "Remove", "keep": "Keep"},
    "ja": {"user_id": "ユーザーID", "name": "氏名", "email": "メールアドレス", "register": "登録して招待",
           "set": "パスワードを設定", "file": "CSVファイル", "upload": "アップロードして確認", "problem": "問題が1件",
           "import": "取り込んで招待", "done": "2人のユーザーを登録しました", "begin": "棚卸を開始",
           "decision": "判定", "comment": "コメント", "record": "判定を記録", "now": "今すぐ削除",
           "complete": "棚卸の完了", "pdf": "報告書（PDF）", "remove": "削除", "keep": "継続"},
}  # fmt: skip


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    return str(request.param)


@pytest.fixture
def admin(cast: Cast, language: str) -> Person:
    """An administrator who speaks it."""
    return make_person(cast.admin.tenant, "hanako", ADMINISTRATOR, name="花子 Hanako", language=language)


def test_inviting_somebody(admin: Person, open_page: Callable[..., Page], language: str) -> None:
    """A7: from the form to the password of the new user."""
    words, page = WORDS[language], open_page(admin)
    page.goto("/console/users/new/")
    page.locator("input[name=user_id]").fill("nina")
    page.locator("input[name=name]").fill("新名 Nina")
    page.locator("input[name=email]").fill("nina@acme.example")
    page.get_by_role("button", name=words["register"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("新名 Nina")
    theirs = open_page()
    theirs.goto(mailed_invitation())
    for name in ("password", "repeated"):
        theirs.locator(f"input[name={name}]").fill(PASSWORD)
    theirs.get_by_role("button").filter(has_text=re.compile("Set the password|パスワードを設定")).click()
    expect(theirs).to_have_url(re.compile("/login/"))


def test_importing_a_list(admin: Person, open_page: Callable[..., Page], language: str, tmp_path: Path) -> None:
    """A8: a list with a mistake, the corrected one, the users."""
    words, page, path = WORDS[language], open_page(admin), tmp_path / "users.csv"
    heading = ",".join(words[column] for column in ("user_id", "name", "email")) + "\r\n"
    rows = "taro,髙橋 太郎,taro@acme.example\r\n{},山田 次郎,jiro@acme.example\r\n"
    for user_id, expected in (("taro", words["problem"]), ("jiro", words["import"])):
        path.write_bytes((heading + rows.format(user_id)).encode("cp932"))
        page.goto("/console/users/import/")
        page.get_by_label(words["file"]).set_input_files(path)
        page.get_by_role("button", name=words["upload"]).click()
        expect(page.get_by_text(expected).first).to_be_visible()
    page.get_by_role("button", name=words["import"]).click()
    expect(page.get_by_text(words["done"])).to_be_visible()
    assert sorted(message.to[0] for message in mail.outbox) == ["jiro@acme.example", "taro@acme.example"]


def test_taking_inventory(cast: Cast, admin: Person, open_page: Callable[..., Page], language: str) -> None:
    """A12: begin, decide about all at once, remove one, complete, download the report."""
    words, page, other = WORDS[language], open_page(admin), open_page(cast.admin)
    page.goto("/console/inventory/start/")
    page.get_by_role("button", name=words["begin"]).click()
    page.locator("input[data-check-all]").check()
    page.get_by_role("button", name=words["record"]).click()
    row = page.get_by_role("row").filter(has_text="Rob")
    row.get_by_role("checkbox").check()
    page.locator("select[name=decision]").select_option("remove")
    page.locator("input[name=comment]").fill("退職")
    page.get_by_role("button", name=words["record"]).click()
    row.get_by_role("button", name=words["now"]).click()
    expect(row.get_by_role("button")).to_have_count(0)
    other.goto(page.url.split("?")[0] + "?show=own")
    other.locator("input[data-check-all]").check()
    other.get_by_role("button", name=WORDS["en"]["record"]).click()
    page.goto(page.url.split("?")[0] + "complete/")
    page.get_by_role("button", name=words["complete"]).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=words["pdf"]).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    with tenant_transaction(cast.admin.tenant.id):
        assert not User.objects.filter(user_id="rob").exists()
        assert not AccountReview.objects.get().is_open
