from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.actions import create_team
from apps.accounts.models import Team, User
from apps.designs.models import Design, Upload, Version
from apps.forecasts.models import Forecast
from tests.forecasts.conftest import keep_forecast, make_design


@pytest.fixture
def url(team: Team) -> str:
    return f"/accounts/teams/{team.id}/delete/"


def test_owner_is_asked_for_the_name(olga_client: Client, team: Team, url: str) -> None:
    page = olga_client.get(url).content.decode()

    assert "Delete Shop?" in page
    assert f"/accounts/teams/{team.id}/export/" in page


@pytest.mark.parametrize("name", ["", "shop", "Other"])
def test_other_name_deletes_nothing(olga_client: Client, team: Team, url: str, name: str) -> None:
    response = olga_client.post(url, {"name": name})

    assert response.status_code == 422
    assert Team.objects.filter(pk=team.pk).exists()


def test_everything_of_the_team_goes_and_nothing_else(
    olga_client: Client, olga: User, alice: User, team: Team, url: str
) -> None:
    keep_forecast(make_design(team, olga), {"population": {"value": 1000}})
    other = create_team(owner=olga, name="Shop")
    kept = make_design(other, olga)

    response = olga_client.post(url, {"name": "Shop"})

    assert response["Location"] == "/accounts/teams/"
    assert list(Team.objects.all()) == [other]
    assert list(Design.objects.all()) == [kept]
    assert (Version.objects.count(), Upload.objects.count()) == (1, 1)
    assert not Forecast.objects.exists()
    assert set(User.objects.all()) == {olga, alice}


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_only_owners_delete(
    person: str, team: Team, url: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {"name": "Shop"}).status_code == 404
    assert Team.objects.filter(pk=team.pk).exists()
