from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import Team
from apps.designs.models import Design

URL = "/designs/new/blank/"
pytestmark = pytest.mark.django_db


def test_it_makes_an_empty_design(alice_client: Client, team: Team) -> None:
    response = alice_client.post(URL, {"name": "Sketch", "team": team.pk})

    design = Design.objects.get()
    assert response["Location"] == f"/designs/{design.pk}/components/"
    assert (design.name, design.team) == ("Sketch", team)
    assert list(design.latest().architecture()) == []


def test_its_page_opens(alice_client: Client, team: Team) -> None:
    alice_client.post(URL, {"name": "Sketch", "team": team.pk})

    response = alice_client.get(f"/designs/{Design.objects.get().pk}/")

    assert response.status_code == 200
    assert b"No components yet" in response.content


def test_empty_name_shows_an_error(alice_client: Client, team: Team) -> None:
    response = alice_client.post(URL, {"name": "", "team": team.pk})

    assert response.status_code == 422
    assert b"This field is required." in response.content
    assert not Design.objects.exists()


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_of_a_team_make_one_in_it(
    request: pytest.FixtureRequest, team: Team, person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(URL, {"name": "Mine", "team": team.pk}).status_code == 422
    assert not Design.objects.exists()


def test_get_is_not_allowed(alice_client: Client) -> None:
    assert alice_client.get(URL).status_code == 405
