from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from apps.accounts.models import ApiToken, Team, User
from apps.designs.models import Design, Upload, Version
from apps.engine.forecast import forecast
from apps.forecasts import background
from apps.forecasts.models import Forecast
from tests.factories import make_token
from tests.forecasts.conftest import TEMPLATE

SCENARIO = b'{"population": {"value": 2000}, "region": "eu-west-1"}'


@pytest.fixture
def token(bob: User, team: Team) -> str:
    return make_token(bob, team, ApiToken.Scope.FORECAST)


def send(token: str, *, template: Any = TEMPLATE, scenario: bytes = b"", **fields: Any) -> Any:
    if template is not None:
        is_one = isinstance(template, bytes)
        fields["template"] = SimpleUploadedFile("template.yaml", template) if is_one else template
    if scenario:
        fields["scenario"] = SimpleUploadedFile("load.json", scenario)
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/api/forecast/", fields, headers=headers)


@pytest.mark.main_job
def test_it_says_what_the_command_says(
    token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_bytes(TEMPLATE)
    call_command("forecast", "template.yaml", "--users", "1000", "--format", "json")

    response = send(token, users=1000)

    assert response.status_code == 200
    assert json.loads(response.content) == json.loads(capsys.readouterr().out)


def test_nothing_is_kept(token: str) -> None:
    send(token, users=1000)

    assert [m for m in (Design, Version, Upload, Forecast) if m.objects.exists()] == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_it_works(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(*asked: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return forecast(*asked)

    monkeypatch.setattr("apps.forecasts.views.api.forecast", watched)
    send(token, users=1000)

    assert seen == [False]


def test_scenario_is_a_file_and_fields_stand_before_it(token: str) -> None:
    body = send(token, scenario=SCENARIO, users=500, users_unit="monthly").json()

    assert body["asked_users"] == 500
    assert body["holds_users"]["unit"] == "monthly_active"
    assert body["region"] == "eu-west-1"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"users": 1000, "template": None}, "template: "),
        ({"users": 1000, "template": b"Resources: ["}, "template.yaml"),
        ({}, "Say how many users come: users=10000, or a scenario with a population."),
        ({"users": -3}, "population.value must be more than 0"),
        ({"users": "nan"}, "users: Enter a number."),
        ({"users": 5, "users_unit": "cats"}, "users_unit: Select a valid choice"),
        ({"users": 5, "region": "mars-1"}, "mars-1"),
        ({"scenario": b"[1]"}, "load.json: a scenario is a JSON object"),
        ({"scenario": b"{"}, "load.json is not JSON"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_one_sentence(
    token: str, sent: dict[str, Any], sentence: str
) -> None:
    response = send(token, **sent)

    assert response.status_code == 422
    assert sentence in response.json()["error"]


def test_large_design_is_sent_elsewhere(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SLOW_FROM", 1)

    response = send(token, users=1000)

    assert response.status_code == 422
    assert "as a version of a design" in response.json()["error"]


def test_files_that_the_template_names_come_with_it(token: str) -> None:
    machine = b'{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
    template = b"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flow.asl.json
      Events: {Day: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}}
"""
    files = [
        SimpleUploadedFile("template.yaml", template),
        SimpleUploadedFile("flow.asl.json", machine),
    ]

    body = send(token, template=files, users=1000).json()

    assert "Flow" in {one["id"] for one in body["design"]["components"]}
