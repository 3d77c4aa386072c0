"""The parts of the kit in a real browser: no refusal by the policy, keys, theme, readout."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.urls("tests.ui.styleguide"), pytest.mark.django_db(transaction=True)]


def focused(page: Page) -> str:
    label: str = page.evaluate("document.activeElement.getAttribute('aria-label')")
    return label.split(",")[0]


def test_it_shows_every_part_without_violations(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/styleguide/")

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_dark_theme_has_no_violations(page: Page, axe: Callable[[Page], None]) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/styleguide/")

    axe(page)


@pytest.mark.parametrize("width", [320, 700, 820, 1010])
def test_no_width_scrolls_sideways(desktop_page: Page, width: int) -> None:
    desktop_page.set_viewport_size({"width": width, "height": 800})

    desktop_page.goto("/styleguide/")

    assert desktop_page.evaluate("document.documentElement.scrollWidth") == width


def test_arrows_walk_through_the_diagram(desktop_page: Page) -> None:
    desktop_page.goto("/styleguide/")
    graph = desktop_page.locator("svg.graph").first
    stops = graph.locator("[tabindex='0']")
    expect(stops).to_have_count(1)

    stops.focus()
    walked = [focused(desktop_page)]
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Home", "ArrowRight", "ArrowRight"):
        desktop_page.keyboard.press(key)
        walked.append(focused(desktop_page))

    assert walked == [
        "orders-db",
        "checkout",
        "storefront-api",
        "web-assets",
        "Users",
        "storefront-cdn",
        "storefront-api",
    ]
    desktop_page.keyboard.press("Enter")
    assert desktop_page.url.endswith("#api")


def test_the_theme_is_kept(desktop_page: Page) -> None:
    desktop_page.goto("/styleguide/")

    desktop_page.get_by_role("button", name="Switch colour theme").click()
    desktop_page.reload()

    expect(desktop_page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_day_can_be_read(desktop_page: Page) -> None:
    desktop_page.goto("/styleguide/")
    picture = desktop_page.locator("svg.day:visible")

    picture.hover(position={"x": 10, "y": 100})

    expect(desktop_page.locator("[data-readout]")).to_contain_text("00:00")
    expect(desktop_page.locator("[data-readout]")).to_contain_text("orders-db 5.")
