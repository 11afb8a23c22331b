"""Single sign-on in a real browser, from the empty console page to a log-in at a real identity provider (A6)."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.conftest import EVERY_ROLE, Cast
from tests.sso.conftest import free_base
from tests.sso.idp import IdentityProvider, new_pair

pytestmark = [
    pytest.mark.browser,
    pytest.mark.system("xmlsec1"),
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
]


def test_set_up_and_log_in(
    open_page: Callable[..., Page], live_url: str, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    """The administrator sets up, tests and links; then the log-in page leads there and back (A6)."""
    settings.PUBLIC_URL = live_url
    # The same host as ours: over plain HTTP the nonce cookie is Lax.
    base = free_base().replace("127.0.0.1", "localhost")
    provider = IdentityProvider(base, new_pair("acme"), tmp_path / "idp")

    def our_metadata() -> str:
        with urlopen(addresses["ours"]) as answer:  # noqa: S310 - our own server
            return str(answer.read().decode())

    addresses: dict[str, str] = {}
    with provider.running(our_metadata):
        admin = open_page(cast.admin)
        admin.goto("/console/sso/")
        admin.get_by_role("button", name="Begin").click()
        addresses["ours"] = admin.locator("#sso-entity-id").input_value()
        admin.get_by_label("or its content").fill(provider.metadata())
        admin.get_by_role("button", name="Set the identity provider").click()
        admin.get_by_role("button", name="Test log-in").click()
        expect(admin.get_by_text("The test log-in works")).to_be_visible()
        expect(admin.locator("main")).to_contain_text("alice@acme.example")

        admin.goto("/profile/sso/")
        admin.get_by_role("button", name="Link my account").click()
        expect(admin).to_have_url(re.compile(r"/profile/$"))

        page = open_page()
        page.goto("/login/")
        page.get_by_role("link", name="Log in with your company's identity provider").click()
        page.get_by_role("textbox", name="Company code").fill("acme")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Go on to my company's log-in page").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Welcome")

        page.locator("form[action='/logout/'] button").first.evaluate("button => button.form.submit()")
        page.get_by_role("link", name="Log out there as well").click()
        expect(page.get_by_text("Goodbye")).to_be_visible()
        assert provider.logged_out == ["alice@acme.example"]
