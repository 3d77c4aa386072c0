from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import Team, User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from apps.engine.facts import Facts
from apps.engine.forecast import Forecast as Answer
from apps.engine.forecast import Sampler, forecast, inputs_sha256, sampler_of
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario
from apps.facts.actions import effective_facts
from apps.forecasts import sampling
from apps.forecasts.actions import forecast_for, keep
from apps.forecasts.models import Forecast

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
# Small enough to be forecast in a moment: an API, a function, and a table with 5 write units.
TEMPLATE = b"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Notes:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: notes.handler
      Environment: {Variables: {TABLE: !Ref NotesTable}}
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref NotesTable}}]
      Events:
        All: {Type: HttpApi, Properties: {Method: ANY, Path: "/{proxy+}"}}
  NotesTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}
"""


@pytest.fixture
def design(team: Team, olga: User) -> Design:
    return make_design(team, olga)


@pytest.fixture
def one_sampler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let slices of the same question share what each would work out anew."""

    def kept(
        architecture: Architecture, scenario: Scenario, facts: Facts, *, count: int, go_on: Any
    ) -> Sampler:
        key = f"{inputs_sha256(architecture, scenario, facts.version)}:{count}"
        if key not in SAMPLERS:
            SAMPLERS[key] = sampler_of(architecture, scenario, facts, count=count)
        SAMPLERS[key].go_on = go_on
        return SAMPLERS[key]

    monkeypatch.setattr(sampling, "sampler_of", kept)


@pytest.fixture
def ask() -> Callable[..., Forecast]:
    """Forecast a design at some size."""
    return make_forecast


def make_design(team: Team, author: User, name: str = "Notes") -> Design:
    files = {"template.yaml": TEMPLATE}
    return create_design_from_files(team=team, author=author, name=name, files=files)


def make_forecast(
    design: Design, users: float = 1000, *, now: datetime = NOW, **body: Any
) -> Forecast:
    scenario = Scenario.from_dict({"population": {"value": users}, **body})
    return forecast_for(version=design.latest(), scenario=scenario, now=now)


ANSWERS: dict[str, Answer] = {}
SAMPLERS: dict[str, Sampler] = {}


def keep_forecast(design: Design, body: dict[str, Any]) -> Forecast:
    """Return a real forecast as a row; the same question is worked out once for all tests."""
    scenario, facts = Scenario.from_dict(body), effective_facts("us-east-1")
    architecture = design.latest().architecture()
    digest = inputs_sha256(architecture, scenario, facts.version)
    if digest not in ANSWERS:
        ANSWERS[digest] = forecast(architecture, scenario, facts)
    return keep(version=design.latest(), scenario=scenario, answer=ANSWERS[digest], now=NOW)
