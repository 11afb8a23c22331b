"""A real browser for tests under `@pytest.mark.browser`; Playwright drives the Chromium of the system."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.factories.people import Person

_QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Per module: while it is open, an event loop runs in this thread, where other tests start their own."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    with sync_playwright() as playwright:
        # That loop runs nothing of Django's, although Django sees it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_QUIET)
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if before is not None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def live_url(live_server: LiveServer) -> str:
    """Where the real application serves, with threads and committed rows, for the length of the test."""
    return live_server.url


@pytest.fixture
def open_page(browser: Browser, live_url: str) -> Iterator[Callable[..., Page]]:
    """`open_page(person)`: a page of a fresh browser profile in which that person is logged in; nobody without one."""
    contexts = []

    def open_page(person: Person | None = None, **options: object) -> Page:
        options = {"locale": "en-GB"} | options
        context = browser.new_context(base_url=live_url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        if person is not None:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": person.session_cookie(), "url": live_url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page of somebody who is not logged in."""
    return open_page()
