from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.actions import create_team
from apps.accounts.models import Membership, Team, User
from tests.factories import make_member


@pytest.mark.main_job
def test_it_lists_my_teams_with_my_role(bob_client: Client, olga: User, charlie: User) -> None:
    create_team(owner=charlie, name="Somebody else's")

    page = bob_client.get("/accounts/teams/").content.decode()

    assert "Shop" in page
    assert "Viewer" in page
    assert '<td data-l="Members">2</td>' in page
    assert "Somebody else" not in page


def test_query_count_does_not_grow_with_teams(
    alice: User,
    alice_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("Orders", "Billing", "Search"):
        make_member(create_team(owner=alice, name=name), f"{name}@example.com")

    # Session, user, teams with role and count.
    with django_assert_num_queries(3):
        response = alice_client.get("/accounts/teams/")
    assert response.content.count(b'data-l="Members"') == 4


def test_who_is_in_no_team_is_told_what_to_do(charlie_client: Client) -> None:
    assert b"Create one, or ask an owner" in charlie_client.get("/accounts/teams/").content


def test_login_is_required(client: Client) -> None:
    response = client.get("/accounts/teams/")

    assert response["Location"] == "/accounts/login/?next=/accounts/teams/"


def test_create_makes_me_the_owner(charlie: User, charlie_client: Client) -> None:
    response = charlie_client.post("/accounts/teams/create/", {"name": "Orders"})

    team = Team.objects.get()
    assert response["Location"] == f"/accounts/teams/{team.id}/"
    assert team.memberships.get(user=charlie).role == Membership.Role.OWNER


def test_create_without_a_name_is_refused(charlie_client: Client) -> None:
    response = charlie_client.post("/accounts/teams/create/", {"name": " "})

    assert response.status_code == 422
    assert b"This field is required." in response.content
    assert not Team.objects.exists()


def test_create_by_get_is_not_allowed(alice_client: Client) -> None:
    assert alice_client.get("/accounts/teams/create/").status_code == 405
