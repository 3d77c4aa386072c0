from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from apps.designs.models import Design
from apps.forecasts.models import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/assumptions/"


def test_it_sets_a_value_and_asks_for_the_verdict(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, {"owner": "Notes", "name": "own_ms", "value": "75"})

    assert response["Location"] == f"/designs/{design.pk}/forecast/"
    assert Scenario.objects.get(design=design).body["assume"] == {"Notes": {"own_ms": 75.0}}


def test_a_link_is_set_for_one_operation(alice_client: Client, design: Design, url: str) -> None:
    owner = "Notes → NotesTable (write)"

    alice_client.post(url, {"owner": owner, "name": "calls", "value": "2"})

    scenario = Scenario.objects.get(design=design)
    assert scenario.body["assume"]["links"] == [
        {"source": "Notes", "target": "NotesTable", "operation": "write", "calls": 2.0}
    ]


def test_a_habit_goes_where_the_file_keeps_it(
    alice_client: Client, design: Design, url: str
) -> None:
    owner = {"owner": "traffic", "name": "visits per daily user", "value": "2"}

    alice_client.post(url, owner)

    assert Scenario.objects.get(design=design).body["visits"]["per_daily_user"] == 2.0


def test_without_a_value_it_is_assumed_again(
    alice_client: Client, design: Design, url: str
) -> None:
    alice_client.post(url, {"owner": "Notes", "name": "own_ms", "value": "75"})

    alice_client.post(url, {"owner": "Notes", "name": "own_ms", "value": ""})

    assert Scenario.objects.get(design=design).body["assume"] == {}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"owner": "Notes", "name": "own_ms", "value": "-1"}, "greater than or equal to 0"),
        ({"owner": "Notes", "name": "own_ms", "value": "slow"}, "Enter a number"),
        ({"owner": "Notes", "name": "speed", "value": "1"}, "is not a value; known are"),
        ({"owner": "Nobody", "name": "own_ms", "value": "1"}, "names no component"),
        ({"owner": "traffic", "name": "mood", "value": "1"}, "is no habit; known are"),
        ({"name": "own_ms", "value": "1"}, "Owner: This field is required."),
    ],
)
def test_wrong_input_is_refused_with_a_sentence(
    alice_client: Client, url: str, typed: dict[str, str], sentence: str
) -> None:
    response = alice_client.post(url, typed)

    (message,) = get_messages(response.wsgi_request)
    assert response.status_code == 302
    assert sentence in str(message)
    assert not Scenario.objects.exists()


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_set_values(person: str, url: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {"owner": "Notes", "name": "own_ms"}).status_code == 404


def test_get_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.get(url).status_code == 405
