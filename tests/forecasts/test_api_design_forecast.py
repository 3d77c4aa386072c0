from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import ApiToken, Team, User
from apps.designs.actions import create_blank_design
from apps.designs.models import Design
from apps.forecasts import background
from apps.forecasts.actions import save_scenario
from apps.forecasts.models import Forecast
from tests.factories import make_token
from tests.forecasts.conftest import keep_forecast
from tests.forecasts.test_api_tokens import BODY

READ = ApiToken.Scope.READ


def ask(design: Design, token: str) -> Any:
    url = f"/api/designs/{design.pk}/forecast/"
    return Client().get(url, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("person", ["olga", "alice", "bob"])
def test_members_read_the_forecast_that_the_page_shows(
    person: str, design: Design, team: Team, request: pytest.FixtureRequest
) -> None:
    kept = keep_forecast(design, BODY)

    response = ask(design, make_token(request.getfixturevalue(person), team, READ))

    body = response.json()
    assert response.status_code == 200
    assert body["schema"] == "headroom/forecast/1"
    assert body["holds_users"] == kept.summary["holds_users"]
    assert body["design"] == design.latest().architecture().to_dict()
    assert "old_facts" in body
    assert Forecast.objects.count() == 1


def test_it_is_made_if_nobody_looked_yet(design: Design, bob: User, team: Team) -> None:
    save_scenario(design=design, body={"population": {"value": 3000}}, author=None)

    body = ask(design, make_token(bob, team, READ)).json()

    assert body["asked_users"] == 3000
    assert Forecast.objects.get().asked_users == 3000


@pytest.mark.parametrize("path", ["forecast/", "versions/"])
def test_design_of_another_team_is_not_found(path: str, design: Design, charlie: User) -> None:
    own = Team.objects.create(name="Own")
    own.memberships.create(user=charlie, role="owner")
    headers = {"Authorization": f"Bearer {make_token(charlie, own)}"}
    method = "GET" if path == "forecast/" else "POST"

    response: Any = Client().generic(method, f"/api/designs/{design.pk}/{path}", headers=headers)

    assert response.status_code == 404
    assert "Notes" not in response.content.decode()


def test_missing_design_is_not_found(bob: User, team: Team) -> None:
    assert ask(Design(), make_token(bob, team, READ)).status_code == 404


def test_large_design_is_waited_for(
    design: Design,
    bob: User,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(background, "SLOW_FROM", 1)
    token = make_token(bob, team, READ)

    response = ask(design, token)

    assert response.status_code == 202
    assert response["Retry-After"] == "5"
    assert response.json() == {"schema": "headroom/waiting/1", "state": "queued", "progress": 0.0}
    Forecast.objects.update(state=Forecast.State.FAILED, reason="It was stopped.")
    assert ask(design, token).status_code == 422
    assert ask(design, token).json()["error"] == "It was stopped."


def test_design_that_cannot_run_says_why(bob: User, team: Team) -> None:
    design = create_blank_design(team=team, author=None, name="Blank")

    response = ask(design, make_token(bob, team, READ))

    assert response.status_code == 422
    assert response.json()["error"]
