"""The style guide in a real browser: nothing is blocked by the policy, nothing is cut off, the keyboard reaches all."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.conftest import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]


@pytest.fixture
def guide(open_page: OpenPage, cast: Cast) -> Callable[..., Page]:
    """`guide(**options)`: the style guide as an operator sees it in a browser with these options."""

    def guide(**options: object) -> Page:
        page = open_page(cast.operator, **options)
        page.goto(reverse("operator:styleguide"))
        return page

    return guide


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_is_whole(open_page: OpenPage, cast: Cast, width: int, theme: str) -> None:
    """P1 and WCAG 1.4.10: no file is refused, no script fails, nothing hangs out of the page, the theme is right."""
    page = open_page(cast.operator, viewport={"width": width, "height": 900}, color_scheme=theme)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(reverse("operator:styleguide"), wait_until="networkidle")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    expect(page.locator("canvas").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []


def test_theme_is_remembered(guide: Callable[..., Page]) -> None:
    """The choice outlives the page, and the button says what it is."""
    page = guide(color_scheme="light")
    button = page.locator("[data-theme-toggle]")
    button.click()
    button.click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(button).to_have_attribute("aria-label", "Colours: dark")


def test_keyboard_skips_and_closes(guide: Callable[..., Page]) -> None:
    """WCAG 2.4.1 and 2.1.1: the first stop leads past the menu; Escape closes a menu and keeps the place."""
    page = guide()
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    menu = page.locator(".account-menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_typed_confirmation(guide: Callable[..., Page]) -> None:
    """T3: the button of a deletion waits for the word."""
    page = guide()
    button = page.get_by_role("button", name="Delete the company")
    expect(button).to_be_disabled()
    page.locator(".confirm-word").fill("AOMI")
    expect(button).to_be_enabled()


def test_upload_names_each_reason(guide: Callable[..., Page]) -> None:
    """D6: a file over the limit is not sent; an answer that is no answer is told as a refusal with a next step."""
    page = guide()
    page.locator("form.dropzone").evaluate("form => { form.dataset.maximum = '10' }")
    files = [
        {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * 11},
        {"name": "小.txt", "mimeType": "text/plain", "buffer": b"x"},
    ]
    page.locator("input[name=files]").set_input_files(files)  # type: ignore[arg-type]
    expect(page.locator(".dropzone-status")).to_have_text("2 of 2 files were not saved. The reasons are listed below.")
    expect(page.locator(".dropzone-files .reason")).to_have_text(
        [
            "This file is larger than your plan allows.",
            "The server did not accept this file. Reload the page and send it again.",
        ]
    )


def test_without_javascript(guide: Callable[..., Page]) -> None:
    """DESIGN section 12: the menu opens, forms can be sent and the numbers of charts are there without any script."""
    page = guide(java_script_enabled=False, viewport={"width": 390, "height": 844})
    navigation = page.get_by_role("navigation", name="Main menu")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(navigation).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("form.dropzone button[type=submit]")).to_be_visible()
    expect(page.locator(".chart-numbers table").first).to_be_visible()
    expect(page.locator("canvas").first).to_be_hidden()
