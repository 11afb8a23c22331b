"""An administrator finds out who touched a file: conditions, chips, a filter under a name, the trail (G2)."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.menus import ADMINISTRATOR
from documents.models import Document
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.documents.making import add_file
from tests.factories.people import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

WORDS = {
    "ja": {
        "kind": "データの操作", "more": "詳細条件", "show": "表示", "menu": "保存した検索条件",
        "save": "この条件を保存",
        "name": "名前", "submit": "保存", "trail": "操作履歴", "looked": "ドキュメントの閲覧",
        "chart": "種別ごとの記録件数",
    },
    "en": {
        "kind": "Data access", "more": "More conditions", "show": "Show", "menu": "Saved filters",
        "save": "Save these conditions", "name": "Name", "submit": "Save", "trail": "Who touched this document",
        "looked": "Looked at a document", "chart": "Recorded events by kind",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_who_touched_this_file(cast: Cast, open_page: Callable[..., Page], language: str) -> None:
    """G2: from the list by conditions and a saved filter to the document and everybody who looked at it."""
    words = WORDS[language]
    with tenant_transaction(cast.admin.tenant.id):
        add_file("契約/見積書.pdf")
        document = Document.objects.get()
    cast.reader.client().get(reverse("documents:document", args=[document.id]))
    page = open_page(make_person(cast.admin.tenant, "hanako", ADMINISTRATOR, name="花子", language=language))
    page.goto("/console/audit/")
    expect(page.locator("canvas[data-chart]")).to_be_visible()
    expect(page.locator("figcaption")).to_have_text(words["chart"])
    # Drawn, not only there: what htmx brings in later, too.
    page.wait_for_function("() => Object.keys(Chart.instances).length === 1")

    page.locator("[name=kind]").select_option(label=words["kind"])
    page.get_by_text(words["more"]).click()
    page.locator("[name=target]").fill("契約/見")
    page.get_by_role("button", name=words["show"], exact=True).click()
    expect(page.locator("a.chip")).to_have_count(2)
    page.locator("a.chip", has_text=words["kind"]).click()
    expect(page.locator("a.chip")).to_have_count(1)

    page.locator("summary", has_text=words["menu"]).click()
    page.get_by_role("link", name=words["save"]).click()
    page.get_by_label(words["name"]).fill("見積書")
    page.get_by_role("button", name=words["submit"], exact=True).click()
    page.goto("/console/audit/")
    page.locator("summary", has_text=words["menu"]).click()
    page.locator("a.dropdown-item", has_text="見積書").click()
    expect(page.locator("a.chip")).to_have_count(1)
    page.goto("/console/audit/filters/")

    page.goto(f"/documents/files/{document.id}/")
    page.get_by_role("link", name=words["trail"]).click()
    sums = page.locator("table").first
    expect(sums).to_contain_text("rob")
    expect(sums).to_contain_text(words["looked"])
    page.locator("tbody a", has_text="hanako").first.click()
    expect(page.locator("h1")).to_contain_text("hanako")
