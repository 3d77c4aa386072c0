from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import remove_member
from apps.accounts.models import ApiToken, Membership, Team, User
from tests.factories import make_token


@pytest.fixture
def row(alice: User, team: Team) -> ApiToken:
    make_token(alice, team, name="Nightly")
    return ApiToken.objects.get()


def url(row: ApiToken) -> str:
    return f"/accounts/tokens/{row.pk}/revoke/"


@pytest.mark.parametrize("person", ["alice", "olga"])
def test_its_maker_and_owners_of_the_team_revoke(
    person: str, row: ApiToken, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    response = client.post(url(row), follow=True)

    row.refresh_from_db()
    assert row.revoked_at is not None
    assert b"is revoked" in response.content


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_others_do_not_find_it(person: str, row: ApiToken, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url(row)).status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


def test_editor_does_not_revoke_what_the_owner_made(
    alice_client: Client, olga: User, team: Team
) -> None:
    make_token(olga, team)

    assert alice_client.post(url(ApiToken.objects.get())).status_code == 404


def test_first_revocation_stands(alice_client: Client, row: ApiToken) -> None:
    first = timezone.now().replace(year=2020)
    ApiToken.objects.update(revoked_at=first)

    alice_client.post(url(row))

    row.refresh_from_db()
    assert row.revoked_at == first


def test_looking_revokes_nothing(alice_client: Client, row: ApiToken) -> None:
    assert alice_client.get(url(row)).status_code == 405


def test_who_is_taken_out_of_the_team_leaves_no_token(row: ApiToken, alice: User) -> None:
    remove_member(membership=Membership.objects.get(user=alice))

    assert not ApiToken.objects.exists()
