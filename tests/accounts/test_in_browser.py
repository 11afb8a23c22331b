"""The pages in a real browser (DESIGN 12): what a test client cannot see."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.links import issue_invitation
from accounts.models import Role
from accounts.users import register_user
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

PHONE = {"viewport": {"width": 390, "height": 844}}
PAGES = (
    *("/", "/profile/", "/activity/", "/sessions/", "/console/users/", "/console/users/new/"),
    *("/console/roles/", "/console/roles/new/", "/console/audit/"),
)
OPERATOR_PAGES = ("/operator/tenants/", "/operator/tenants/new/")


def invite(cast: Cast) -> str:
    """The path of a personal link for somebody new."""
    with tenant_transaction(cast.admin.tenant.id):
        user = register_user(
            user_id="nina",
            name="Nina New",
            email="nina@acme.example",
            roles=[Role.objects.get(code="reader")],
            actor=cast.admin.actor,
            language="en",
            by_mail=False,
        )
        return "/" + issue_invitation(user, actor=cast.admin.actor).split("/", 3)[3]


def test_from_the_invitation_to_the_start_page(cast: Cast, page: Page) -> None:
    """A7, A1: browsers send forms with an Origin, which depends on the page's Referrer-Policy."""
    page.goto(invite(cast))
    for name in ("password", "repeated"):
        page.locator(f"input[name={name}]").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("textbox", name="Company code")).to_have_value("ACME")
    page.get_by_label("User ID").fill("nina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Nina New")


def test_the_whole_way_by_keyboard(cast: Cast, page: Page) -> None:
    """WCAG 2.1.1: log in, open the account menu, log out, without a mouse."""
    page.goto("/login/")
    for text in ("acme", "alice", PASSWORD):
        page.keyboard.insert_text(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Alice")
    page.locator(".account-menu summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have logged out.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Company code")).to_have_value("ACME")
    expect(page.get_by_label("User ID")).to_be_focused()


def test_suspending_asks_and_then_does(cast: Cast, open_page: Callable[..., Page]) -> None:
    """A8: the other browser is out at its next click."""
    theirs, ours = open_page(cast.editor), open_page(cast.admin)
    theirs.goto("/")
    ours.goto("/console/users/")
    ours.get_by_role("link", name="Erin").click()
    ours.get_by_role("link", name="Suspend").click()
    ours.get_by_role("button", name="Suspend the user").click()
    expect(ours.get_by_text("Erin (erin) was suspended and logged out everywhere.")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_role("button", name="Log in", exact=True)).to_be_visible()


def test_the_link_of_a_new_tenant_can_be_copied(cast: Cast, open_page: Callable[..., Page]) -> None:
    """T3: by a button, where the browser allows it."""
    page = open_page(cast.operator, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/operator/tenants/new/")
    for label, text in (
        ("Company code", "INITECH"),
        ("Organisation name", "Initech"),
        ("Administrator's name", "Ada"),
        ("Administrator's e-mail address", "ada@initech.example"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Create the tenant").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Personal link").input_value()


def watch(page: Page, complaints: list[str]) -> None:
    """Collect what the browser complains about."""
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def test_pages_fit_a_phone_and_break_no_rule_of_the_browser(cast: Cast, open_page: Callable[..., Page]) -> None:
    """DESIGN 12: nothing is wider than the screen, the security policy stops nothing, no script fails."""
    complaints: list[str] = []
    for person, addresses in ((cast.admin, PAGES), (cast.operator, OPERATOR_PAGES), (None, ("/login/",))):
        page = open_page(person, **PHONE)
        watch(page, complaints)
        for address in addresses:
            page.goto(address)
            width = page.evaluate("document.documentElement.scrollWidth")
            complaints += [f"{address} is {width} wide"] * (width > 390)
            complaints += [f"{address} has no heading"] * (page.get_by_role("heading", level=1).count() != 1)
    assert complaints == []
