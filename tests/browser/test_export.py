from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.designs.actions import create_design_from_files, save_version
from apps.designs.models import Design
from apps.engine.graph import Component
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
SignIn = Callable[[Page, User], None]


@pytest.fixture
def design(page: Page, alice: User, sign_in: SignIn) -> Design:
    """A design with settings that have a place in the template, and some that have none."""
    sign_in(page, alice)
    files = {"template.yaml": TEMPLATE}
    team = alice.memberships.get().team
    design = create_design_from_files(team=team, author=alice, name="Checkout", files=files)
    now = design.latest().architecture()
    orders = now.component("Orders").settings
    now = now.with_settings("Orders", {**orders, "memory_mb": 1024, "is_in_vpc": True})
    mails = Component(id="sqs_queue-1", kind="sqs_queue", name="Mails")
    save_version(
        design=design,
        based_on=1,
        architecture=replace(now, components=(*now.components, mails)),
        author=alice,
        message="Larger",
    )
    return design


def test_changed_lines_are_shown_and_downloaded(page: Page, design: Design, axe: Check) -> None:
    page.goto(f"/designs/{design.pk}/")
    page.get_by_role("link", name="Export", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Export of Checkout")
    expect(page.locator("pre del")).to_contain_text("MemorySize: 512")
    expect(page.locator("pre ins")).to_contain_text("MemorySize: 1024")
    expect(page.get_by_text("Mails added")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download AWS SAM").click()
    file = Path(waiting.value.path())
    assert file.read_bytes() == TEMPLATE.replace(b"MemorySize: 512", b"MemorySize: 1024")
    assert waiting.value.suggested_filename == "template.yaml"
