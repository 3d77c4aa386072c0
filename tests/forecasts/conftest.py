from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import Team, User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.actions import forecast_for
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
