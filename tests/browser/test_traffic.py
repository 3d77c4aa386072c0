"""The front page and the traffic of a design in a real browser, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Membership, Team, User
from apps.designs.models import Design
from tests.factories import make_member
from tests.forecasts.conftest import make_design, make_forecast

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, User], None]


@pytest.fixture
def alice(transactional_db: None) -> User:
    team = Team.objects.create(name="Shop")
    return make_member(team, "alice@example.com", Membership.Role.EDITOR)


@pytest.fixture
def design(alice: User) -> Design:
    return make_design(alice.memberships.get().team, alice)


def test_front_page_reads_well(
    page: Page, alice: User, design: Design, sign_in: SignIn, axe: Callable[[Page], None]
) -> None:
    make_forecast(design)
    sign_in(page, alice)

    page.goto("/")

    axe(page)
    expect(page.get_by_role("table")).to_contain_text("1,000 asked")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_all_parts_of_the_traffic_read_well(
    page: Page, alice: User, design: Design, sign_in: SignIn, axe: Callable[[Page], None]
) -> None:
    make_forecast(design)
    sign_in(page, alice)
    page.goto(f"/designs/{design.pk}/traffic/")

    for part in page.locator("details > summary").all():
        part.click()

    axe(page)
    expect(page.get_by_label("Busiest hour")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_load_follows_what_is_typed(
    page: Page, alice: User, design: Design, sign_in: SignIn
) -> None:
    sign_in(page, alice)
    page.goto(f"/designs/{design.pk}/traffic/")
    users, load = page.get_by_label("How many"), page.locator("#load")

    users.fill("20,000")
    users.press("Tab")
    expect(load).to_contain_text("20,000 daily users × 1.2 visits")
    users.fill("0")
    users.press("Tab")
    expect(load).to_contain_text("How many must be more than 0, not 0.")


def test_an_offered_event_is_added_and_saved(
    page: Page, alice: User, design: Design, sign_in: SignIn
) -> None:
    sign_in(page, alice)
    page.goto(f"/designs/{design.pk}/traffic/")

    page.locator("#events > summary").click()
    page.get_by_role("button", name="sale ×10").click()
    expect(page.get_by_label("All traffic, times")).to_have_value("10")
    page.get_by_label("All traffic, times").fill("4")
    page.get_by_role("button", name="Save and forecast").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Holds about")
    assert Design.objects.get().scenario.body["events"][0]["factor"] == 4
