"""Prices and quotas in a real browser, on a phone and on a desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.facts.actions import load_books
from apps.facts.models import PriceBook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("show", ["prices", "quotas", "classes"])
def test_it_reads_well_at_every_width(page: Page, axe: Callable[[Page], None], show: str) -> None:
    page.goto(f"/facts/?show={show}")

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_books_read_well_at_every_width(page: Page, axe: Callable[[Page], None]) -> None:
    load_books()
    for path in ("", f"{PriceBook.objects.get(region='eu-west-1').pk}/compare/?with={_us()}"):
        page.goto(f"/facts/books/{path}")

        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _us() -> int:
    return PriceBook.objects.get(region="us-east-1").pk


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
