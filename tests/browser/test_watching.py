"""Unusual behaviour in a real browser, in both languages: noticed, looked at, explained; a rule is set (G9)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.login import LoginRefused, log_in
from accounts.menus import ADMINISTRATOR, EDITOR
from accounts.models import Role
from accounts.roles import give_roles
from auditlog.watching.watch import watch
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tests.auditlog.sealing.conftest import wait_for_other_databases
from tests.auditlog.watching.conftest import TOKYO, at
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

# The words of the pages that the walk needs, by language.
WORDS = {
    "en": {
        "tab": "Unusual behaviour",
        "sprayed": "Failed log-ins of many users from one network",
        "granted": "Rights given to oneself",
        "event": "Failed to log in",
        "take note": "Only take note",
        "noted": "Noted",
        "note": "Note",
        "save": "Save the note",
        "explained": "Explained",
        "reason": "Reason",
        "users": "user IDs",
        "set": "Set the rule",
        "done": "The rule is set.",
    },
    "ja": {
        "tab": "通常と異なる操作",
        "sprayed": "同じネットワークから多数のユーザーIDでのログイン失敗",
        "granted": "自分自身への権限付与",
        "event": "ログインの失敗",
        "take note": "確認済みにする",
        "noted": "確認済み",
        "note": "備考",
        "save": "確認結果を保存",
        "explained": "説明済み",
        "reason": "理由",
        "users": "ユーザーIDの数",
        "set": "ルールを設定",
        "done": "検知ルールを設定しました。",
    },
}


@pytest.fixture(params=["en", "ja"])
def words(request: pytest.FixtureRequest, cast: Cast) -> dict[str, str]:
    """What the pages say to people of that language; something was noticed at ACME."""
    acme = cast.admin.tenant
    for person in (cast.admin, cast.operator):
        person.user.language = request.param
        with tenant_transaction(person.tenant.id):
            person.user.save(update_fields=["language"])
    with at("198.51.100.23"):
        for user_id in ("root", "test", "guest", "info", "support"):
            with pytest.raises(LoginRefused):
                log_in(company_code="ACME", user_id=user_id, password="wrong horse")
    with tenant_transaction(acme.id):
        both = Role.objects.filter(code__in=[ADMINISTRATOR, EDITOR])
        give_roles(cast.admin.user, list(both), actor=cast.admin.actor)
    wait_for_other_databases()
    with tenant_scope(acme.id):
        watch(zone=TOKYO)
    return WORDS[str(request.param)]


def test_from_the_audit_log_to_the_explanation(
    open_page: Callable[..., Page], cast: Cast, words: dict[str, str]
) -> None:
    """G9: the administrator finds it behind the audit log, sees the events, and says what it was."""
    page = open_page(cast.admin)
    page.goto("/console/audit/")
    page.get_by_role("link", name=words["tab"], exact=True).click()
    page.get_by_role("link", name=words["sprayed"]).click()
    main = page.locator("main")
    expect(main).to_contain_text("198.51.100.0/24")
    expect(page.get_by_role("link", name=words["event"])).to_have_count(5)
    page.get_by_role("button", name=words["take note"]).click()
    expect(main.locator(".badge", has_text=words["noted"])).to_be_visible()
    page.get_by_label(words["note"]).fill("外部からの攻撃。遮断済み")
    page.get_by_role("button", name=words["save"]).click()
    expect(main.locator(".badge", has_text=words["explained"])).to_be_visible()
    page.get_by_role("link", name=words["event"]).first.click()
    expect(page).to_have_url(re.compile(r"/console/audit/[0-9a-f-]{36}/"))


def test_operators_see_numbers_and_set_a_rule(
    open_page: Callable[..., Page], cast: Cast, words: dict[str, str]
) -> None:
    """G9: which company and which rule, without a name; a threshold is changed with a reason."""
    page = open_page(cast.operator)
    page.goto("/operator/watch/")
    main = page.locator("main")
    expect(main).to_contain_text("ACME")
    expect(main).to_contain_text(words["granted"])
    expect(main).not_to_contain_text("Alice")
    page.get_by_role("link", name=words["sprayed"]).click()
    page.get_by_label(words["users"]).fill("8")
    page.get_by_label(words["reason"]).fill("誤検知が多い")
    page.get_by_role("button", name=words["set"]).click()
    expect(main).to_contain_text(words["done"])
    expect(main).to_contain_text(f"{words['users']}: 8")
