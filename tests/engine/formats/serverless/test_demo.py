"""The demo designs, written for the Serverless Framework, are what they are as SAM."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.forecast import forecast, summary_of
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import DATA, facts_from

HERE = Path(__file__).parent / "demo"
DEMO = Path(__file__).parents[4] / "apps" / "forecasts" / "demo"
# SAM's ids are those of the template, the framework makes its own.
IDS = {
    "crud-service": {"NotesApi": "HttpApi", "Notes": "NotesLambdaFunction"},
    "event-pipeline": {"Ingest": "IngestLambdaFunction", "Classify": "ClassifyLambdaFunction"},
    "web-shop": {
        "ShopApi": "HttpApi",
        "Catalog": "CatalogLambdaFunction",
        "Checkout": "CheckoutLambdaFunction",
        "Mailer": "MailerLambdaFunction",
    },
}


def of_sam(name: str) -> Architecture:
    path = DEMO / f"{name}.yaml"
    return formats.read({path.name: path.read_bytes()})


def of_framework(name: str) -> Architecture:
    return formats.read({path.name: path.read_bytes() for path in HERE.glob(f"{name}*.yml")})


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Return a scenario that speaks of components by other names."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [renamed(part, names) for part in value]
    return names.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("name", IDS)
def test_the_graph_is_the_same(name: str) -> None:
    sam, service = of_sam(name), of_framework(name)
    ids = IDS[name]

    assert {ids.get(c.id, c.id): (c.kind, c.settings) for c in sam} == {
        c.id: (c.kind, c.settings) for c in service
    }
    assert {
        (ids.get(x.source, x.source), ids.get(x.target, x.target), x.role): (
            x.mode,
            x.calls,
            x.settings,
        )
        for x in sam.links
    } == {(x.source, x.target, x.role): (x.mode, x.calls, x.settings) for x in service.links}


@pytest.mark.parametrize("name", IDS)
def test_every_component_says_where_it_stands(name: str) -> None:
    for component in of_framework(name):
        assert component.source is not None
        line = (HERE / component.source.file).read_text().splitlines()[component.source.line - 1]
        assert line.strip(), component


@pytest.mark.parametrize("name", IDS)
def test_the_forecast_is_the_same(name: str) -> None:
    facts = facts_from(DATA, "us-east-1")
    said = json.loads((DEMO / f"{name}.json").read_text()) | {"region": "us-east-1"}

    sam = summary_of(forecast(of_sam(name), Scenario.from_dict(said), facts))
    scenario = Scenario.from_dict(renamed(said, IDS[name]))
    service = summary_of(forecast(of_framework(name), scenario, facts))

    for path in (("headroom", "expected"), ("cost", "monthly_usd"), ("holds_users", "expected")):
        first, second = sam, service
        for key in path:
            first, second = first[key], second[key]
        assert second == pytest.approx(first, rel=0.001), path
