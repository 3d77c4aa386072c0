from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from tests.factories import PASSWORD


def test_a_person_signs_in_and_out(
    page: Page, live_server: LiveServer, alice: User, axe: Callable[[Page], None]
) -> None:
    page.goto("/accounts/teams/")
    axe(page)
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Teams", exact=True)).to_be_visible()
    axe(page)

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/teams/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_owner_invites_and_changes_a_role(
    page: Page,
    olga: User,
    bob: User,
    axe: Callable[[Page], None],
    sign_in: Callable[[Page, User], None],
) -> None:
    sign_in(page, olga)
    page.goto("/accounts/teams/")
    page.get_by_role("link", name="Shop").click()
    axe(page)

    page.get_by_label("E-mail address").fill("dora@example.com")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("An invitation is on its way to dora@example.com.")).to_be_visible()

    page.get_by_label("Role of bob@example.com", exact=True).select_option("Editor")
    page.get_by_role("button", name="Save the role of bob@example.com").click()
    expect(page.get_by_label("Role of bob@example.com", exact=True)).to_have_value("editor")
    axe(page)


def test_a_person_makes_a_token_and_revokes_it(
    page: Page,
    alice: User,
    axe: Callable[[Page], None],
    sign_in: Callable[[Page, User], None],
) -> None:
    sign_in(page, alice)
    page.goto("/accounts/email/")
    page.get_by_role("link", name="API tokens").click()
    expect(page.get_by_text("No token yet")).to_be_visible()
    axe(page)

    page.get_by_label("Name").fill("Nightly")
    page.get_by_label("Read:").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_label("The token", exact=True)).to_contain_text("headroom_")
    axe(page)

    page.get_by_role("button", name="Revoke Nightly").click()
    expect(page.get_by_text("is revoked")).to_be_visible()
    expect(page.get_by_text("Revoked on")).to_be_visible()
    axe(page)
