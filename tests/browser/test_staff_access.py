"""Staff access in a real browser, in both languages: asked, approved in the console, used, ended (A14)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from documents.contents import store_file
from documents.names import clean_place
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

PURPOSE = "議事録のファイルが開けない件の調査"
# The words of the pages that the walk needs, by language.
WORDS = {
    "en": {
        "code": "Company code",
        "purpose": "Purpose",
        "ticket": "Ticket",
        "ask": "Ask the company",
        "decide": "Decide",
        "approve": "Approve the access",
        "enter": "Enter the company",
        "banner": "Olga inside Acme Trading by staff access",
        "left": "30 minutes left",
        "end": "End the access now",
        "over": "This access is over",
        "audit": "What was done by this access, in the audit log",
        "opened": "Opened a page by staff access",
    },
    "ja": {
        "code": "会社コード",
        "purpose": "目的",
        "ticket": "チケット番号",
        "ask": "企業に申請",
        "decide": "回答する",
        "approve": "アクセスを承認",
        "enter": "企業の画面に入る",
        "banner": "Olga：提供者アクセスでAcme Tradingの画面を操作中",
        "left": "残り30分",
        "end": "アクセスを今すぐ終了",
        "over": "このアクセスは終了しました",
        "audit": "このアクセスによる操作を監査ログで見る",
        "opened": "提供者アクセスによる画面の閲覧",
    },
}


@pytest.fixture(params=["en", "ja"])
def words(request: pytest.FixtureRequest, cast: Cast) -> dict[str, str]:
    """What the pages say to people of that language; ACME has a file."""
    for person in (cast.admin, cast.operator):
        person.user.language = request.param
        with tenant_transaction(person.tenant.id):
            person.user.save(update_fields=["language"])
    with tenant_transaction(cast.admin.tenant.id):
        store_file(["全員出席".encode()], place=clean_place("取締役会/議事録.txt"), folder=None, actor=cast.admin.actor)
    return WORDS[str(request.param)]


def ask(page: Page, words: dict[str, str]) -> None:
    """On the operators' page."""
    page.goto("/operator/staff-access/new/")
    page.get_by_label(words["code"]).fill("acme")
    page.get_by_label(words["purpose"]).fill(PURPOSE)
    page.get_by_label(words["ticket"]).fill("INQ-7")
    page.get_by_role("button", name=words["ask"]).click()
    expect(page).to_have_url(re.compile(r"/operator/staff-access/[0-9a-f-]{36}/"))


def test_from_the_question_to_the_end(open_page: Callable[..., Page], cast: Cast, words: dict[str, str]) -> None:
    """A14: the administrator is led from the start page to the decision, and from the access to its record."""
    operator = open_page(cast.operator)
    ask(operator, words)

    admin = open_page(cast.admin)
    admin.goto("/")
    admin.get_by_role("link", name=words["decide"]).click()
    expect(admin.locator("main")).to_contain_text(PURPOSE)
    admin.get_by_role("button", name=words["approve"]).click()
    expect(admin.get_by_role("button", name=words["end"])).to_be_visible()

    operator.reload()
    operator.get_by_role("button", name=words["enter"]).click()
    banner = operator.locator(".staff-strip")
    expect(banner).to_contain_text(words["banner"])
    expect(banner).to_contain_text(words["left"])
    operator.locator("nav a[href$='/documents/']").click()
    operator.get_by_role("link", name="取締役会").click()
    expect(operator.get_by_role("link", name="議事録.txt")).to_be_visible()
    expect(banner).to_contain_text(PURPOSE)

    # The other tab is at home: the same browser, the operator's own pages.
    other = operator.context.new_page()
    other.goto("/operator/staff-access/")
    expect(other.locator(".staff-strip")).to_have_count(0)

    admin.get_by_role("button", name=words["end"]).click()
    expect(admin.get_by_role("button", name=words["end"])).to_have_count(0)
    operator.get_by_role("link", name="議事録.txt").click()
    expect(operator.get_by_role("heading", level=1)).to_have_text(words["over"])

    admin.get_by_role("link", name=words["audit"]).click()
    expect(admin.get_by_role("link", name=words["opened"]).first).to_be_visible()


def test_the_operator_gives_it_back(open_page: Callable[..., Page], cast: Cast, words: dict[str, str]) -> None:
    """A14: by the button in the banner, which leads back to the provider's own pages."""
    operator = open_page(cast.operator)
    ask(operator, words)
    admin = open_page(cast.admin)
    admin.goto("/")
    admin.get_by_role("link", name=words["decide"]).click()
    admin.get_by_role("button", name=words["approve"]).click()
    expect(admin.get_by_role("button", name=words["end"])).to_be_visible()
    operator.reload()
    operator.get_by_role("button", name=words["enter"]).click()
    operator.locator(".staff-strip button").click()
    expect(operator).to_have_url(re.compile(r"/operator/staff-access/[0-9a-f-]{36}/"))
    expect(operator.locator(".staff-strip")).to_have_count(0)
    expect(operator.get_by_role("button", name=words["enter"])).to_have_count(0)
