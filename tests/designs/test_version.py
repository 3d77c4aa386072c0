from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Team
from apps.designs.actions import create_blank_design
from apps.designs.models import Design
from tests.designs.changes import change_memory

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/history/1/"


def test_it_shows_a_version_and_what_changed_since(
    bob_client: Client,
    design: Design,
    url: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    change_memory(design, 2048)

    with django_assert_max_num_queries(12):
        page = bob_client.get(url).content.decode()

    assert "Version 1 of Checkout" in page
    assert "Orders: Memory 512\N{NO-BREAK SPACE}MB → 2,048\N{NO-BREAK SPACE}MB" in page
    assert "Memory 512\N{NO-BREAK SPACE}MB" in page
    assert "template.yaml:4" in page


def test_newest_is_not_restored(alice_client: Client, url: str) -> None:
    page = alice_client.get(url).content.decode()

    assert "Restore" not in page
    assert "Changed since" not in page


def test_empty_version_says_so(alice_client: Client, team: Team) -> None:
    blank = create_blank_design(team=team, author=None, name="Blank")

    page = alice_client.get(f"/designs/{blank.pk}/history/1/").content.decode()

    assert "No components yet" in page


def test_version_that_never_was_is_not_found(alice_client: Client, design: Design) -> None:
    assert alice_client.get(f"/designs/{design.pk}/history/9/").status_code == 404


def test_outsider_sees_nothing(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404


def test_post_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.post(url).status_code == 405
