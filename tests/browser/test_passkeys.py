"""Passkeys in a real browser with a virtual authenticator: made, used behind a password and alone, removed (A5)."""

import re
from collections.abc import Callable

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import CDPSession, Page, expect
from pytest_django import Settings

from accounts.menus import READER
from accounts.policy.models import SecurityPolicy
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.people import PASSWORD, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]


def plug_in(page: Page) -> tuple[CDPSession, str]:
    """Give the page a device that makes passkeys and recognises its owner."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    traits = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = traits | {"isUserVerified": True, "automaticPresenceSimulation": True}
    return devices, devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def press(page: Page, text: str) -> None:
    """Press the button of that text, in the language of the page."""
    page.get_by_role("button", name=gettext(text), exact=True).click()


def log_out(page: Page) -> None:
    """Log out by whichever of the buttons there is."""
    page.locator("form[action='/logout/'] button").first.evaluate("button => button.form.submit()")
    expect(page).to_have_url(re.compile(r"/login/$"))


def type_password(page: Page) -> None:
    """Log in with company code, user ID and password."""
    page.goto("/login/")
    page.locator("[name=company_code]").fill("ACME")
    page.locator("[name=user_id]").fill("rin")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:not([data-passkey]) button[type=submit].btn-primary").click()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_life_of_a_passkey(
    open_page: Callable[..., Page], live_url: str, acme: Tenant, settings: Settings, language: str
) -> None:
    """A5: every step that a person takes, with what they read on the way."""
    settings.PUBLIC_URL = live_url
    make_person(acme, "rin", READER, language=language)
    with tenant_transaction(acme.id):
        SecurityPolicy.objects.create(passkey_alone=True)
    page = open_page(locale={"ja": "ja-JP", "en": "en-GB"}[language])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    devices, device = plug_in(page)

    with translation.override(language):
        type_password(page)
        page.goto("/profile/passkeys/")
        page.locator("[name=name]").fill("Notebook")
        press(page, "Add a passkey")
        expect(page).to_have_url(re.compile(r"/profile/factors/recovery/$"))
        page.goto("/profile/passkeys/")
        expect(page.get_by_role("link", name="Notebook")).to_be_visible()

        # One device, one passkey for the account.
        press(page, "Add a passkey")
        expect(page.get_by_text(gettext("This device has a passkey for your account already."))).to_be_visible()

        log_out(page)
        type_password(page)
        expect(page).to_have_url(re.compile(r"/login/factor/passkey/"))
        press(page, "Use my passkey")
        expect(page).to_have_url(f"{live_url}/")

        log_out(page)
        press(page, "Log in with a passkey")
        expect(page).to_have_url(f"{live_url}/")

        # Somebody who does not touch the device is told that nothing happened.
        log_out(page)
        devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        press(page, "Log in with a passkey")
        expect(page.get_by_role("alert")).to_contain_text(re.compile("キャンセル|cancelled"))
        devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
        press(page, "Log in with a passkey")
        expect(page).to_have_url(f"{live_url}/")

        page.goto("/profile/passkeys/")
        page.get_by_role("link", name="Notebook").click()
        press(page, "Remove")
        expect(page.get_by_role("link", name="Notebook")).to_have_count(0)

        log_out(page)
        press(page, "Log in with a passkey")
        expect(page.get_by_text(gettext("You were not logged in"))).to_be_visible()
        type_password(page)
        expect(page).to_have_url(f"{live_url}/")
    assert errors == []
