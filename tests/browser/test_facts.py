"""Prices and quotas in a real browser, on a phone and on a desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("show", ["prices", "quotas", "classes"])
def test_it_reads_well_at_every_width(page: Page, axe: Callable[[Page], None], show: str) -> None:
    page.goto(f"/facts/?show={show}")

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_list_follows_the_words(page: Page) -> None:
    page.goto("/facts/")

    page.get_by_label("Search").fill("nat.gb")

    expect(page.locator("#facts-title")).to_have_text("1 found")
    expect(page.locator("#facts")).to_contain_text("$0.045 per GB")
    expect(page).to_have_url(re.compile(r"q=nat\.gb"))


def test_another_region_is_a_choice_away(page: Page) -> None:
    page.goto("/facts/?q=nat.gb")

    page.get_by_label("Region").select_option("eu-central-1")

    expect(page.locator("#facts")).to_contain_text("$0.052 per GB")
