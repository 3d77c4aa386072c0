"""`--format sarif` follows the schema of SARIF 2.1.0 and the sentences around it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from apps.engine.forecast import forecast, summary_of
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Population, Scenario
from apps.facts.reader import packaged_facts
from apps.forecasts.rendering.forms import Told, written
from apps.forecasts.template_files import read_paths
from tests.forecasts.sarif_schema import SCHEMA

DEMO = Path(__file__).resolve().parents[2] / "apps/forecasts/demo"


def told(name: str, users: float) -> Told:
    design = read_paths([DEMO / name])
    scenario = Scenario(population=Population(value=users))
    summary = summary_of(forecast(design, scenario, packaged_facts("us-east-1")))
    return Told(summary=summary, architecture=design, name="shop", files=(name,))


@pytest.fixture(scope="module")
def overloaded() -> Told:
    return told("crud-service.yaml", 50_000.0)


def sarif(of: Told) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(written(of, "sarif"))
    return body


def faults(body: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(body)]


def test_the_schema_itself_is_one_and_refuses_what_it_should(overloaded: Told) -> None:
    Draft7Validator.check_schema(SCHEMA)
    body = sarif(overloaded)

    body["runs"][0]["results"][0]["level"] = "fatal"
    body["runs"][0]["results"][0]["line"] = 3
    del body["runs"][0]["tool"]["driver"]["name"]

    assert len(faults(body)) == 3


@pytest.mark.parametrize("users", [1_000.0, 50_000.0])
def test_a_forecast_follows_the_schema(users: float) -> None:
    assert faults(sarif(told("crud-service.yaml", users))) == []


def test_missed_targets_and_a_design_without_places_follow_it(overloaded: Told) -> None:
    missed = {"component": "account:us-east-1", "target": "p95_ms", "label": "p95",
              "value": 4000.0, "allowed": 1000.0, "unit": "ms", "effect": "waits"}  # fmt: skip
    summary = {**overloaded.summary, "missed_targets": [missed]}

    found = sarif(Told(summary=summary, architecture=Architecture()))

    assert faults(found) == []
    assert len(found["runs"][0]["results"]) > 1


def test_a_brace_in_a_message_stands_for_itself(overloaded: Told) -> None:
    """Braces hold the numbers of arguments (section 3.11.5): others are doubled."""
    summary = {**overloaded.summary, "next_limits": []}
    summary["first_limit"] = {**summary["first_limit"], "component": "Queue${Stage}"}

    (result,) = sarif(replace(overloaded, summary=summary))["runs"][0]["results"]

    assert "Queue${{Stage}}" in result["message"]["text"]
