from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import CannotMakeToken, create_api_token, create_team
from apps.accounts.models import ApiToken, Membership, Team, User
from tests.factories import make_token

URL = "/accounts/tokens/create/"
SHAPE = re.compile(r"headroom_[0-9a-f]{8}_[0-9a-f]{64}")


def fields(team: Team, **changed: Any) -> dict[str, Any]:
    scopes = ["read", "forecast"]
    return {"name": "Nightly", "membership": team.pk, "scopes": scopes, "days": 90} | changed


def test_it_is_shown_once(alice_client: Client, team: Team) -> None:
    response = alice_client.post(URL, fields(team))

    (token,) = SHAPE.findall(response.content.decode())
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert token not in alice_client.get("/accounts/tokens/").content.decode()


def test_only_its_hash_is_kept(alice_client: Client, team: Team) -> None:
    response = alice_client.post(URL, fields(team))

    (token,) = SHAPE.findall(response.content.decode())
    row = ApiToken.objects.get()
    assert row.token_sha256 == ApiToken.hash_token(token)
    assert token.startswith(row.prefix)
    secret = token.rpartition("_")[2]
    # 256 bits, none of which the database knows.
    assert len(secret) == 64
    assert secret not in str(ApiToken.objects.values().get())
    assert (row.name, row.scopes, row.user.email) == (
        "Nightly", ["read", "forecast"], "alice@example.com",
    )  # fmt: skip


def test_two_are_never_alike() -> None:
    assert len({ApiToken.new_token() for _ in range(100)}) == 100


def test_the_form_proposes_90_days(alice_client: Client, team: Team) -> None:
    page = alice_client.get("/accounts/tokens/").content.decode()

    assert '<option value="90" selected>90 days</option>' in page
    alice_client.post(URL, fields(team))
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=89, hours=23) < left <= timedelta(days=90)


@pytest.mark.parametrize("days", ["", "0", "-1", "366", "9999", "never"])
def test_none_lives_without_an_end(alice_client: Client, team: Team, days: str) -> None:
    response = alice_client.post(URL, fields(team, days=days))

    assert response.status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["admin"]}, "Select a valid choice"),
        ({"membership": "x"}, "is not a valid UUID"),
    ],
)
def test_wrong_form_is_refused(
    alice_client: Client, team: Team, changed: dict[str, Any], message: str
) -> None:
    response = alice_client.post(URL, fields(team, **changed))

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not ApiToken.objects.exists()


def test_nobody_makes_one_for_another_team(charlie_client: Client, team: Team) -> None:
    response = charlie_client.post(URL, fields(team))

    assert response.status_code == 422
    assert not ApiToken.objects.exists()
    assert "Shop" not in response.content.decode()


def test_viewer_makes_one_that_reads(bob_client: Client, team: Team) -> None:
    assert bob_client.post(URL, fields(team)).status_code == 200
    assert ApiToken.objects.get().membership.role == Membership.Role.VIEWER


def test_viewer_makes_none_that_imports(bob_client: Client, team: Team) -> None:
    response = bob_client.post(URL, fields(team, scopes=["import"]))

    assert response.status_code == 422
    assert b"a token of yours cannot import" in response.content
    assert not ApiToken.objects.exists()


def test_team_is_asked_of_who_has_several(alice_client: Client, alice: User, team: Team) -> None:
    other = create_team(owner=alice, name="Lab")

    alice_client.post(URL, fields(other))

    assert ApiToken.objects.get().team == other
    assert "Lab</option>" in alice_client.get("/accounts/tokens/").content.decode()


def test_there_is_an_end_to_how_many_are_in_use(
    alice: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ApiToken, "MOST", 2)
    make_token(alice, team)
    make_token(alice, team)
    membership = Membership.objects.get(user=alice, team=team)

    with pytest.raises(CannotMakeToken, match="Revoke one"):
        create_api_token(
            membership=membership, name="x", scopes=["read"], days=7, now=timezone.now()
        )

    ApiToken.objects.first().revoke(timezone.now())  # type: ignore[union-attr]
    make_token(alice, team)


def test_looking_makes_none(alice_client: Client) -> None:
    assert alice_client.get(URL).status_code == 405
