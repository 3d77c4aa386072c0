from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.actions import create_team
from apps.accounts.models import Membership, Team, User
from tests.factories import make_member

Role = Membership.Role


@pytest.fixture
def members(team: Team) -> str:
    return f"/accounts/teams/{team.id}/members/"


def membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_owner_changes_a_role(olga_client: Client, bob: User, members: str, team: Team) -> None:
    response = olga_client.post(f"{members}{membership(bob).id}/role/", {"role": "editor"})

    assert response["Location"] == f"/accounts/teams/{team.id}/"
    assert membership(bob).role == Role.EDITOR


def test_unknown_role_is_refused(olga_client: Client, bob: User, members: str) -> None:
    url = f"{members}{membership(bob).id}/role/"
    response = olga_client.post(url, {"role": "king"}, follow=True)

    assert b"Choose one of the roles." in response.content
    assert membership(bob).role == Role.VIEWER


def test_last_owner_cannot_be_demoted(olga_client: Client, olga: User, members: str) -> None:
    url = f"{members}{membership(olga).id}/role/"
    response = olga_client.post(url, {"role": "viewer"}, follow=True)

    assert b"A team needs an owner." in response.content
    assert membership(olga).role == Role.OWNER


def test_one_of_two_owners_can_be_demoted(
    olga_client: Client, olga: User, team: Team, members: str
) -> None:
    make_member(team, "otto@example.com", Role.OWNER)

    olga_client.post(f"{members}{membership(olga).id}/role/", {"role": "viewer"})

    assert membership(olga).role == Role.VIEWER


def test_owner_removes_a_member(olga_client: Client, bob: User, members: str) -> None:
    olga_client.post(f"{members}{membership(bob).id}/remove/")

    assert not Membership.objects.filter(user=bob).exists()


def test_last_owner_cannot_be_removed(olga_client: Client, olga: User, members: str) -> None:
    response = olga_client.post(f"{members}{membership(olga).id}/remove/", follow=True)

    assert b"A team needs an owner." in response.content
    assert membership(olga).role == Role.OWNER


def test_member_of_another_team_is_not_found(
    olga_client: Client, charlie: User, members: str
) -> None:
    create_team(owner=charlie, name="Charlie's")

    url = f"{members}{membership(charlie).id}/remove/"

    assert olga_client.post(url).status_code == 404
    assert membership(charlie).role == Role.OWNER


@pytest.mark.parametrize("act", ["role", "remove"])
@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_only_owners_manage(
    person: str, act: str, olga: User, members: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    url = f"{members}{membership(olga).id}/{act}/"

    assert client.post(url, {"role": "viewer"}).status_code == 404
    assert membership(olga).role == Role.OWNER


def test_editor_cannot_make_oneself_an_owner(
    alice_client: Client, alice: User, members: str
) -> None:
    alice_client.post(f"{members}{membership(alice).id}/role/", {"role": "owner"})

    assert membership(alice).role == Role.EDITOR


def test_anybody_leaves(bob_client: Client, bob: User, team: Team) -> None:
    response = bob_client.post(f"/accounts/teams/{team.id}/leave/")

    assert response["Location"] == "/accounts/teams/"
    assert not Membership.objects.filter(user=bob).exists()


def test_last_owner_cannot_leave(olga_client: Client, olga: User, bob: User, team: Team) -> None:
    response = olga_client.post(f"/accounts/teams/{team.id}/leave/", follow=True)

    assert b"A team needs an owner." in response.content
    assert membership(olga).role == Role.OWNER


def test_outsider_cannot_leave(charlie_client: Client, team: Team) -> None:
    assert charlie_client.post(f"/accounts/teams/{team.id}/leave/").status_code == 404


@pytest.mark.parametrize("path", ["leave/", "members/1/role/", "members/1/remove/"])
def test_get_is_not_allowed(olga_client: Client, team: Team, path: str) -> None:
    assert olga_client.get(f"/accounts/teams/{team.id}/{path}").status_code == 405
