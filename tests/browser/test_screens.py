"""Pages that are opened and left, in a real browser (G3)."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page

from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]


def screens(cast: Cast) -> list[tuple[str, str]]:
    """What is on record of pages, oldest first."""
    with tenant_transaction(cast.admin.tenant.id):
        found = AuditEvent.objects.filter(kind="screen").order_by("at", "id")
        return [(event.action, event.target_label) for event in found]


def wait_for(page: Page, cast: Cast, event: tuple[str, str]) -> None:
    """What a page tells while it goes comes when it is gone, and no page is left to wait by."""
    for _attempt in range(300):
        if event in screens(cast):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{event} was not recorded")


def test_a_page_tells_when_it_is_left(open_page: Callable[..., Page], cast: Cast, settings: LazySettings) -> None:
    """G3: by going elsewhere; the content policy lets the script and its message through."""
    settings.RECORD_SCREENS = True
    page = open_page(cast.admin)
    page.set_default_timeout(60_000)
    page.goto("/profile/")
    page.goto("/activity/")
    wait_for(page, cast, ("screen.closed", "profile"))
    page.goto("about:blank")
    wait_for(page, cast, ("screen.closed", "activity"))
    assert sorted(screens(cast)) == [
        ("screen.closed", "activity"),
        ("screen.closed", "profile"),
        ("screen.opened", "activity"),
        ("screen.opened", "profile"),
    ]
