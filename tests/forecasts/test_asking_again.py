"""What a person meets who asks, changes what is known of the users, and asks again."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design
from apps.forecasts.actions import scenario_of
from apps.forecasts.models import Forecast

pytestmark = [pytest.mark.django_db, pytest.mark.main_job]
TRAFFIC = {
    "unit": "monthly_active",
    "preset": "b2b-saas",
    "region": "us-east-1",
    "actions-TOTAL_FORMS": "1",
    "actions-INITIAL_FORMS": "0",
    "events-TOTAL_FORMS": "0",
    "events-INITIAL_FORMS": "0",
}


def ask(client: Client, design: Design, users: str) -> str:
    """Save the traffic of a design, and return the report that it leads to."""
    form = {**TRAFFIC, "users": users, "revision": str(scenario_of(design).revision)}
    saved = client.post(f"/designs/{design.pk}/traffic/", form)
    assert saved["Location"] == f"/designs/{design.pk}/forecast/"

    report = client.get(saved["Location"])
    assert report.status_code == 200
    return report.content.decode()


def test_the_unit_that_was_asked_in_is_the_unit_of_the_answer(
    alice_client: Client, design: Design
) -> None:
    report = ask(alice_client, design, "2,500")

    forecast = Forecast.objects.get()
    assert (forecast.asked_users, forecast.users_unit) == (2500, "monthly_active")
    assert "monthly users" in report
    assert "monthly users" in alice_client.get("/").content.decode()


@pytest.mark.parametrize("users", ["1", "999", "1,000", "2,000", "10,000,000", "1,000,000,000"])
def test_every_size_has_a_report(alice_client: Client, design: Design, users: str) -> None:
    assert "NotesTable" in ask(alice_client, design, users)


def test_the_verdict_moves_with_what_the_team_knows(alice_client: Client, design: Design) -> None:
    ask(alice_client, design, "2,500")
    known = {"owner": "traffic", "name": "visits per daily user", "value": "30"}

    response = alice_client.post(f"/designs/{design.pk}/assumptions/", known)
    alice_client.get(response["Location"])

    before, after = Forecast.objects.order_by("asked_at").values_list("holds_users", flat=True)
    assert before
    # The preset has 3 visits a day: ten times as many leave a tenth of the users.
    assert after == pytest.approx(before / 10, rel=0.1)


def test_coming_back_is_no_new_question(alice_client: Client, design: Design) -> None:
    for users in ("1,000", "2,000", "1,000"):
        ask(alice_client, design, users)

    assert Forecast.objects.count() == 2
    assert "1,000 asked" in alice_client.get("/").content.decode()
