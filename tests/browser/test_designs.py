from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from tests.designs.changes import change_memory
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
SignIn = Callable[[Page, User], None]


@pytest.fixture
def design(page: Page, alice: User, sign_in: SignIn) -> Design:
    sign_in(page, alice)
    files = {"template.yaml": TEMPLATE}
    team = alice.memberships.get().team
    return create_design_from_files(team=team, author=alice, name="Checkout", files=files)


def test_it_draws_connects_and_undoes(page: Page, design: Design, axe: Check) -> None:
    page.goto(f"/designs/{design.pk}/")
    page.get_by_role("link", name="Add component").click()
    axe(page)
    page.get_by_label("Kind").select_option("SQS queue")
    page.get_by_label("Name").fill("Mails")
    page.get_by_role("button", name="Add component").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved as version 2: Mails added.")

    page.goto(f"/designs/{design.pk}/?component=Orders#panel")
    page.get_by_text("Connect to another component").click()
    page.get_by_label("Calls", exact=True).select_option("Mails (send)")
    axe(page)
    page.get_by_role("button", name="Connect", exact=True).click()
    panel = page.get_by_role("complementary", name="Orders")
    expect(panel.get_by_role("link", name="Mails")).to_be_visible()

    page.get_by_role("button", name="Undo the last change").click()
    expect(page.get_by_role("status").first).to_contain_text("Version 2 restored")
    page.goto(f"/designs/{design.pk}/?component=Orders#panel")
    expect(panel.get_by_role("link", name="Mails")).to_have_count(0)


def test_two_changes_at_once_are_saved_together(page: Page, design: Design, axe: Check) -> None:
    page.goto(f"/designs/{design.pk}/?component=Table#panel")
    change_memory(design, 1024)

    page.get_by_text("Remove Table", exact=True).first.click()
    page.get_by_role("button", name="Remove Table").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Two changes at once")
    axe(page)
    page.get_by_role("button", name="Save both together").click()
    expect(page.get_by_role("status").first).to_contain_text("Table removed")
    design.refresh_from_db()
    assert design.latest().architecture().component("Orders").settings == {"memory_mb": 1024}


def test_history_and_its_versions_are_accessible(page: Page, design: Design, axe: Check) -> None:
    change_memory(design, 1024)
    page.goto(f"/designs/{design.pk}/history/")
    page.get_by_text("1 change", exact=False).first.click()
    axe(page)

    page.get_by_role("link", name="v1", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1 of Checkout")
    axe(page)


def test_new_design_page_is_accessible(page: Page, design: Design, axe: Check) -> None:
    page.goto("/designs/new/")
    page.get_by_label("Template", exact=True).set_input_files(
        {"name": "t.yaml", "mimeType": "text/yaml", "buffer": b"Resources:\n  A: {Type: [}\n"}
    )
    page.get_by_role("button", name="Read the template").click()

    expect(page.get_by_text("t.yaml:2")).to_be_visible()
    axe(page)
