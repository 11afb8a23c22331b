"""The second factor in a real browser, in both languages (A5)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.factors import totp
from accounts.models import User
from accounts.policy.services import change_policy
from auditlog.actors import Actor
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.factories.people import PASSWORD, Person, give_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENGLISH = {
    "lang": "en",
    "company": "Company code",
    "user": "User ID",
    "password": "Password",
    "log_in": "Log in",
    "code": "Six-digit code",
    "welcome": "Welcome",
    "app": "Authenticator app",
    "key": "Key, for apps without a camera",
    "set_up": "Set up",
    "make": "Make recovery codes",
    "kept": "I have kept them",
    "download": "Download as text",
}
JAPANESE = {
    "lang": "ja",
    "company": "会社コード",
    "user": "ユーザーID",
    "password": "パスワード",
    "log_in": "ログイン",
    "code": "6桁のコード",
    "welcome": "ようこそ",
    "app": "認証アプリ",
    "key": "キー（カメラを使用できない場合）",
    "set_up": "設定",
    "make": "リカバリーコードの発行",
    "kept": "保管しました",
    "download": "テキストでダウンロード",
}


def log_in(page: Page, person: Person, words: dict[str, str]) -> None:
    """Company code, user ID, password."""
    page.goto("/login/")
    page.get_by_role("textbox", name=words["company"]).fill(person.tenant.company_code)
    page.get_by_role("textbox", name=words["user"]).fill(person.user.user_id)
    page.get_by_role("textbox", name=words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["log_in"], exact=True).click()


def speaks(person: Person, language: str) -> None:
    """The language of the account."""
    with tenant_transaction(person.tenant.id):
        User.objects.filter(id=person.user.id).update(language=language)


@pytest.mark.parametrize("words", [ENGLISH, JAPANESE], ids=["en", "ja"])
def test_log_in_with_a_code(open_page: Callable[..., Page], cast: Cast, words: dict[str, str]) -> None:
    """A5: the password leads to the question for the code, the code in full-width digits leads in."""
    with tenant_transaction(cast.editor.tenant.id):
        give_app(cast.editor.user)
    speaks(cast.editor, words["lang"])
    page = open_page(locale=words["lang"])
    log_in(page, cast.editor, words)
    field = page.get_by_role("textbox", name=words["code"])
    expect(field).to_be_focused()
    field.fill("000000")
    page.get_by_role("button", name=words["log_in"], exact=True).click()
    field = page.get_by_role("textbox", name=words["code"])
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(cast.editor.code().translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    page.get_by_role("button", name=words["log_in"], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words["welcome"])


@pytest.mark.parametrize("words", [ENGLISH, JAPANESE], ids=["en", "ja"])
def test_set_up_before_anything_else(open_page: Callable[..., Page], cast: Cast, words: dict[str, str]) -> None:
    """A5, ASVS 6.3.3: the company demands it; afterwards a recovery code stands in for the app."""
    person = cast.editor
    speaks(person, words["lang"])
    with tenant_transaction(person.tenant.id):
        change_policy({"factor_required": "everyone"}, actor=Actor.system("test"))
    page = open_page(locale=words["lang"])
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    log_in(page, person, words)
    expect(page).to_have_url(re.compile(r"/enrol/$"))
    page.goto("/documents/")
    expect(page).to_have_url(re.compile(r"/enrol/$"))

    page.get_by_role("link", name=words["app"]).click()
    expect(page.locator("svg.qr path")).to_be_visible()
    key = page.get_by_label(words["key"]).input_value()
    code = totp.code_at(totp.seed_of(key), timezone.now())
    page.get_by_role("textbox", name=words["code"]).fill(code)
    page.get_by_role("button", name=words["set_up"], exact=True).click()
    page.get_by_role("button", name=words["make"]).click()
    recovery = page.locator(".recovery-codes code").first.inner_text()
    with page.expect_download() as saving:
        page.get_by_role("link", name=words["download"]).click()
    assert recovery in saving.value.path().read_text()
    page.get_by_role("link", name=words["kept"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words["welcome"])
    assert errors == []

    again = open_page(locale=words["lang"])
    log_in(again, person, words)
    again.goto("/login/factor/recovery/")
    again.get_by_role("textbox").fill(recovery)
    again.get_by_role("button", name=words["log_in"], exact=True).click()
    expect(again.get_by_role("heading", level=1)).to_contain_text(words["welcome"])


def test_confirming_leads_back(open_page: Callable[..., Page], cast: Cast) -> None:
    """A11: a change that was sent too late says that it was not saved, and leads back to its page."""
    page = open_page(cast.admin)
    page.goto("/console/security/")
    with tenant_transaction(cast.admin.tenant.id):
        sessions = cast.admin.user.sessions
        sessions.update(proved_at=timezone.now() - timedelta(minutes=11))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing was done yet")).to_be_visible()
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page).to_have_url(re.compile(r"/console/security/$"))
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/console/security/$"))
