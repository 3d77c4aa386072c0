from __future__ import annotations

from typing import Any

import pytest

from apps.engine.forecast import inputs_of
from apps.engine.formats import read
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import packaged_facts
from apps.forecasts.scenarios.load import Load, load_of
from tests.forecasts.conftest import TEMPLATE

QUEUE = b"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: {Type: "AWS::SQS::Queue"}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Events: {Job: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}}
"""


def load(body: dict[str, Any], template: bytes = TEMPLATE) -> Load:
    facts = packaged_facts("us-east-1")
    architecture = read({"template.yaml": template})
    return load_of(inputs_of(architecture, Scenario.from_dict(body), facts)[0])


def people(value: float, unit: str = "daily_active", **more: Any) -> dict[str, Any]:
    return {"population": {"unit": unit, "value": value}, **more}


def test_formulas_give_what_they_say() -> None:
    found = load(people(100_000))

    values = {formula.label: formula.value for formula in found.formulas}
    assert values["Visits in the busiest hour"] == pytest.approx(100_000 * 1.2 * 0.09 / 3600)
    assert values["Requests that people make then"] == pytest.approx(3.0 * 5.4 * 3)
    assert values["Requests of bots, all day"] == pytest.approx(100_000 * 1.2 * 16.2 / 86_400)
    assert values["Users at once"] == pytest.approx(3.0 * 5 * 60)
    # The busiest minute is in the middle of its hour, where the curve is at its height.
    assert found.peak_rps == pytest.approx(48.6 * 1.2 + 22.5, rel=0.01)


@pytest.mark.parametrize(
    ("unit", "value", "daily"),
    [
        ("monthly_active", 10_000, 1000),
        ("registered", 10_000, 300),
        ("concurrent", 100, 100 * 60 / (1.2 * 0.09 * 5)),
        ("devices", 500, 500),
    ],
)
def test_other_units_become_daily_users(unit: str, value: float, daily: float) -> None:
    found = load(people(value, unit))

    assert found.daily_users == pytest.approx(daily, rel=1e-4)


def test_a_rush_stands_in_the_arithmetic() -> None:
    sale = {"name": "sale", "at": "20:00", "hold_s": 3600, "factor": 10}
    plain, rush = load(people(100_000)), load(people(100_000, events=[sale]))

    last = rush.formulas[-1]
    assert last.label == "Busiest minute, at 20:30"
    assert last.arithmetic == "48.6 req/s × 1.2 × 10 (sale) + 22.5"
    # Bots do not come to a sale.
    assert rush.peak_rps - 22.5 == pytest.approx(10 * (plain.peak_rps - 22.5), rel=1e-3)


def test_actions_take_the_place_of_what_is_typical() -> None:
    see = {"name": "see", "per_visit": 2.0, "requests": 4.0}
    found = load(people(100_000, actions=[see], bots={"share_of_requests": 0.0}))

    assert found.requests_per_day == pytest.approx(100_000 * 1.2 * 8, rel=1e-6)


def test_sources_without_users_have_no_visits() -> None:
    found = load(people(86_400), QUEUE)

    assert [formula.label for formula in found.formulas] == ["Busiest minute, at 20:30"]
    assert [(e.component, e.faces_users) for e in found.entries] == [("Jobs", False)]
    assert found.requests_per_day == pytest.approx(4 * 86_400, rel=1e-6)


def test_the_engine_takes_a_link_by_its_operation() -> None:
    write = {"source": "Notes", "target": "NotesTable", "operation": "write", "calls": 7.0}
    scenario = Scenario.from_dict(people(1000, assume={"links": [write]}))

    inputs, _ = inputs_of(read({"template.yaml": TEMPLATE}), scenario, packaged_facts("us-east-1"))

    calls = {owner: item.spread.expected for (owner, name), item in inputs.by_key.items()
             if name == "calls" and owner.startswith("Notes →")}  # fmt: skip
    assert calls == {"Notes → NotesTable (read)": 1.0, "Notes → NotesTable (write)": 7.0}
