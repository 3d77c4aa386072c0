from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.actions import invite
from apps.accounts.models import Team, User
from tests.factories import make_member


@pytest.fixture
def url(team: Team) -> str:
    return f"/accounts/teams/{team.id}/"


def test_owner_sees_members_and_how_to_change_them(
    olga_client: Client, alice: User, bob: User, url: str
) -> None:
    page = olga_client.get(url).content.decode()

    assert "alice@example.com" in page
    assert "Remove bob@example.com" in page
    assert "Send invitation" in page


def test_viewer_sees_members_and_no_forms_of_owners(
    bob_client: Client, alice: User, url: str
) -> None:
    page = bob_client.get(url).content.decode()

    assert "alice@example.com" in page
    assert "Remove" not in page
    assert "Send invitation" not in page
    assert "Rename" not in page


def test_owner_sees_open_invitations_only(
    olga: User, olga_client: Client, team: Team, url: str
) -> None:
    now = timezone.now()
    invite(team=team, email="new@example.com", role="viewer", invited_by=olga, now=now)
    long_ago = now - timedelta(days=8)
    invite(team=team, email="old@example.com", role="viewer", invited_by=olga, now=long_ago)

    page = olga_client.get(url).content.decode()

    assert "new@example.com" in page
    assert "old@example.com" not in page


def test_query_count_does_not_grow_with_members(
    olga_client: Client,
    team: Team,
    url: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("a", "b", "c"):
        make_member(team, f"{name}@example.com")

    # Session, user, team with role, members with their users, invitations.
    with django_assert_num_queries(5):
        olga_client.get(url)


def test_outsider_finds_nothing(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404


def test_rename(olga_client: Client, team: Team, url: str) -> None:
    response = olga_client.post(f"{url}rename/", {"name": "Orders"})

    assert response["Location"] == url
    team.refresh_from_db()
    assert team.name == "Orders"


def test_rename_to_nothing_is_refused(olga_client: Client, team: Team, url: str) -> None:
    response = olga_client.post(f"{url}rename/", {"name": ""})

    assert response.status_code == 422
    assert b"This field is required." in response.content
    team.refresh_from_db()
    assert team.name == "Shop"


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_only_owners_rename(
    person: str, team: Team, url: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(f"{url}rename/", {"name": "Mine"}).status_code == 404
    team.refresh_from_db()
    assert team.name == "Shop"
