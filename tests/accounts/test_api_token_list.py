from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import ApiToken, Team, User
from tests.factories import make_token

URL = "/accounts/tokens/"


def page_of(client: Client) -> str:
    return client.get(URL).content.decode()


def test_it_begins_empty(alice_client: Client) -> None:
    page = page_of(alice_client)

    assert "No token yet" in page
    assert "Make the token" in page


def test_own_tokens_are_known_by_name_and_prefix_only(
    alice_client: Client, alice: User, team: Team
) -> None:
    token = make_token(alice, team, ApiToken.Scope.READ, name="Nightly")

    page = page_of(alice_client)

    assert "Nightly" in page
    assert token.rpartition("_")[0] in page
    assert token not in page
    assert ApiToken.hash_token(token) not in page
    assert "never" in page


def test_owner_sees_those_of_the_team_and_who_made_them(
    olga_client: Client, alice: User, team: Team
) -> None:
    make_token(alice, team, name="Nightly")

    page = page_of(olga_client)

    assert "Nightly" in page
    assert "of alice@example.com" in page


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_others_do_not(
    person: str, alice: User, team: Team, request: pytest.FixtureRequest
) -> None:
    make_token(alice, team, name="Nightly")
    client: Client = request.getfixturevalue(f"{person}_client")

    assert "Nightly" not in page_of(client)


def test_expired_and_revoked_ones_say_so(alice_client: Client, alice: User, team: Team) -> None:
    make_token(alice, team, name="Old")
    make_token(alice, team, name="Gone")
    now = timezone.now()
    ApiToken.objects.filter(name="Old").update(expires_at=now - timedelta(days=1))
    ApiToken.objects.filter(name="Gone").update(revoked_at=now)

    page = page_of(alice_client)

    assert "Expired" in page
    assert f"Revoked on {now:%-d %b %Y}" in page
    assert ">Revoke</button>" not in page


def test_who_is_in_no_team_is_told_what_to_do(charlie_client: Client) -> None:
    page = page_of(charlie_client)

    assert "you are in none" in page
    assert "Make the token</button>" not in page


def test_list_does_not_ask_for_each_token(
    alice_client: Client,
    alice: User,
    team: Team,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in "abc":
        make_token(alice, team, name=name)

    # Session, person, teams of the form, tokens.
    with django_assert_max_num_queries(4):
        alice_client.get(URL)


def test_stranger_signs_in_first(client: Client, db: None) -> None:
    assert client.get(URL)["Location"] == f"/accounts/login/?next={URL}"
