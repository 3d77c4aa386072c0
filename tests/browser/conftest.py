"""A real Chromium on a real server. What the console says against a page fails its test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User

SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The browser reports what the policy refused as an event; the console is where we listen.
REPORT_REFUSALS = """
document.addEventListener('securitypolicyviolation', event =>
  console.error(`Policy refused ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def chromium_path() -> str:
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        path = shutil.which(name) if name else None
        if path:
            return path
    reason = "There is no Chromium on this machine."
    if os.environ.get("CI") or os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    # Playwright runs an event loop in this thread; Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Chromium's sandbox does not work for root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def live_server(request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    request.getfixturevalue("django_db_setup")
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture(params=SIZES)
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Page]:
    """A page at each size: the test runs on a desktop and on a phone."""
    with _open(browser, live_server, request.param) as page:
        yield page


@pytest.fixture
def desktop_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with _open(browser, live_server, "desktop") as page:
        yield page


@pytest.fixture
def phone_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with _open(browser, live_server, "phone") as page:
        yield page


@pytest.fixture
def sign_in(live_server: LiveServer) -> Callable[[Page, User], None]:
    """Sign a person in without the form, for tests of other pages."""

    def sign_in(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    return sign_in


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fail with what axe has against a page, if anything."""

    def check(page: Page) -> None:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    return check


@contextmanager
def _open(browser: Browser, live_server: LiveServer, size: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url,
        viewport=SIZES[size],
        has_touch=size == "phone",
        is_mobile=size == "phone",
        reduced_motion="reduce",
    )
    page = context.new_page()
    errors: list[str] = []
    page.add_init_script(REPORT_REFUSALS)
    page.on("console", lambda message: errors.extend(_error(message)))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def _error(message: ConsoleMessage) -> list[str]:
    # A refused form answers 422 or 409, which the browser reports although it is as agreed.
    if message.type != "error" or re.search("status of (422|409)", message.text):
        return []
    return [f"{message.text} ({message.location['url']})"]
