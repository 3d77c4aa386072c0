"""What the traffic page refuses: wrong numbers, and what somebody else has saved since."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.designs.models import Design
from apps.forecasts.actions import save_scenario
from apps.forecasts.models import Scenario
from tests.forecasts.test_traffic import SALE, UNTOUCHED, fields_of, kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/traffic/"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"users": "0"}, "How many must be more than 0, not 0."),
        ({"users": "-5"}, "How many must be more than 0, not -5."),
        ({"users": "0.001"}, "How many must be at least 1, not 0.001."),
        ({"users": "1000000000000"}, "How many must be at most 1,000,000,000 users"),
        ({"users": ""}, "This field is required."),
        ({"users": "1,5"}, "Enter a number, such as 50,000 or 0.5"),
        ({"users": "nan"}, "Enter a number"),
        ({"busiest_minute": "-1"}, "Your busiest minute lately must be at least 0, not -1."),
        ({"p95_ms": "0"}, "95% of answers within must be more than 0, not 0."),
        ({"bots": "100"}, "less than or equal to 99"),
        ({"curve": "own", "hours": "1 2 3"}, "24 numbers that add up to 100"),
        ({"curve": "own", "hours": "many"}, "Write 24 numbers"),
        ({"lambda_concurrency": "0"}, "Lambda concurrency of the account must be at least 1"),
        (SALE | {"events-0-at": "25:00"}, "write a time of day such as 20:00:00"),
        (SALE | {"events-0-factor": "-2"}, "All traffic, times must be at least 0, not -2."),
        ({"actions-0-name": "see"}, "Say how often in a visit"),
        ({"assume-Notes|own_ms": "-4"}, "greater than or equal to 0"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence(
    alice_client: Client, url: str, typed: dict[str, str], sentence: str
) -> None:
    response = alice_client.post(url, UNTOUCHED | typed)

    assert response.status_code == 422
    assert sentence in response.content.decode().replace("&#x27;", "'")
    assert not Scenario.objects.exists()


def test_who_saves_on_top_of_somebody_is_told(
    alice_client: Client, design: Design, olga: User, url: str
) -> None:
    save_scenario(design=design, body={"population": {"value": 1}}, author=olga)

    response = alice_client.post(url, UNTOUCHED | {"revision": "0"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has saved this scenario" in page
    assert kept(design)["population"]["value"] == 1
    assert alice_client.post(url, fields_of(page)).status_code == 302
    assert kept(design)["population"]["value"] == 10_000
