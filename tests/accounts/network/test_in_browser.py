"""An administrator sets the list up in a real browser, in both languages (A4)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.network.models import AllowedNetwork, NetworkPolicy
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

WORDS = {
    "en": ("Restrict to the list…", "Restrict to the list", "Add a network", "Name of the place", "Save", "Remove"),
    "ja": ("許可リスト内に制限…", "許可リスト内に制限", "ネットワークの追加", "場所の名称", "保存", "削除"),
}


@pytest.mark.parametrize("language", WORDS)
def test_from_an_empty_list_to_an_enforced_one(cast: Cast, open_page: Callable[..., Page], language: str) -> None:
    """A4: an empty list is refused, one's own address is filled in, and cannot be removed once it is enforced."""
    ask, restrict, add, place, save, remove = WORDS[language]
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.filter(id=cast.admin.user.id).update(language=language)
    page = open_page(cast.admin)
    page.goto("/console/network/")
    page.get_by_role("link", name=ask).click()
    page.get_by_role("button", name=restrict).click()
    expect(page.locator(".alert-danger")).to_be_visible()

    page.get_by_role("link", name=add).click()
    page.get_by_label(place).fill("東京オフィス")
    page.get_by_role("button", name=save).click()
    expect(page.get_by_role("cell", name="127.0.0.1/32")).to_be_visible()

    page.get_by_role("link", name=ask).click()
    page.get_by_role("button", name=restrict).click()
    expect(page.locator(".alert-success")).to_be_visible()
    page.get_by_role("button", name=remove).click()
    expect(page.locator(".alert-danger")).to_contain_text("127.0.0.1")
    with tenant_transaction(cast.admin.tenant.id):
        assert NetworkPolicy.objects.get().restricted
        assert [network.name for network in AllowedNetwork.objects.all()] == ["東京オフィス"]
