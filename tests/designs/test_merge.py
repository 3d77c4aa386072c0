from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Team
from apps.designs.actions import create_blank_design
from apps.designs.models import Design
from tests.designs.changes import change_memory, newest
from tests.designs.conftest import SETTINGS

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/merge/"


@pytest.fixture
def orders(design: Design) -> str:
    return f"/designs/{design.pk}/components/Orders/"


@pytest.fixture
def offer(alice_client: Client, olga_client: Client, design: Design, orders: str) -> dict[str, str]:
    """What the conflict page offers after Olga removed the table while Alice set memory."""
    olga_client.post(f"/designs/{design.pk}/components/Table/remove/", {"version": 1})
    response = alice_client.post(orders, {**SETTINGS, "memory_mb": 1024})
    assert response.status_code == 409
    assert "Save both together" in response.content.decode()
    return {"version": "2", "merged": response.context["merged"]}


def test_it_saves_changes_of_different_parts_together(
    alice_client: Client, design: Design, url: str, offer: dict[str, str]
) -> None:
    response = alice_client.post(url, offer)

    assert response.status_code == 302
    architecture = newest(design)
    assert design.latest().number == 3
    assert {component.id for component in architecture} == {"Api", "Orders"}
    assert architecture.component("Orders").settings["memory_mb"] == 1024


def test_second_of_two_editors_sees_both_changes_and_saves_nothing(
    alice_client: Client,
    olga_client: Client,
    design: Design,
    orders: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    olga_client.post(orders, {**SETTINGS, "memory_mb": 1024})

    # Two of them are the transaction around the request.
    with django_assert_max_num_queries(13):
        response = alice_client.post(orders, {**SETTINGS, "timeout_s": 9})

    page = response.content.decode()
    assert response.status_code == 409
    assert "olga@example.com has saved version 2" in page
    assert "Orders: Timeout 3\N{NO-BREAK SPACE}s → 9\N{NO-BREAK SPACE}s" in page
    assert "Orders: Memory 512\N{NO-BREAK SPACE}MB → 1,024\N{NO-BREAK SPACE}MB" in page
    assert "Save both together" not in page
    assert design.versions.count() == 2


def test_connecting_to_what_is_gone_cannot_be_merged(
    alice_client: Client, olga_client: Client, design: Design
) -> None:
    olga_client.post(f"/designs/{design.pk}/components/Table/remove/", {"version": 1})

    url = f"/designs/{design.pk}/components/Api/connect/"
    response = alice_client.post(url, {"version": 1, "target": "read Table"})

    assert response.status_code == 409
    assert "Save both together" not in response.content.decode()


def test_third_editor_meets_the_next_conflict(
    alice_client: Client, design: Design, url: str, offer: dict[str, str]
) -> None:
    design.refresh_from_db()
    change_memory(design, 2048)

    assert alice_client.post(url, offer).status_code == 409
    assert design.versions.count() == 3


def test_forged_offer_is_refused(alice_client: Client, design: Design, url: str) -> None:
    response = alice_client.post(url, {"version": 1, "merged": "forged"}, follow=True)

    assert "Nothing is saved" in response.content.decode()
    assert design.versions.count() == 1


def test_offer_of_another_design_is_refused(
    alice_client: Client, team: Team, offer: dict[str, str]
) -> None:
    other = create_blank_design(team=team, author=None, name="Other")

    alice_client.post(f"/designs/{other.pk}/merge/", {**offer, "version": "1"})

    assert other.versions.count() == 1


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_merge(
    request: pytest.FixtureRequest, design: Design, url: str, offer: dict[str, str], person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, offer).status_code == 404
    assert design.versions.count() == 2


def test_get_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.get(url).status_code == 405
