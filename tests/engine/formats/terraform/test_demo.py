"""The three demo designs in HCL, as plans and as states: the same graph, the same forecast."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Kind
from apps.engine.forecast import forecast, summary_of
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import DATA, facts_from

HERE = Path(__file__).parent / "demo"
DEMO = Path(__file__).parents[4] / "apps" / "forecasts" / "demo"
# From the ids of the SAM templates to addresses.
IDS = {
    "crud-service": {
        "NotesApi": "aws_apigatewayv2_api.notes",
        "Notes": "module.notes.aws_lambda_function.this",
        "NotesTable": "aws_dynamodb_table.notes",
    },
    "event-pipeline": {
        "Readings": "aws_kinesis_stream.readings",
        "Ingest": "aws_lambda_function.ingest",
        "ReadingsTable": "aws_dynamodb_table.readings",
        "AlarmBus": "aws_cloudwatch_event_bus.alarms",
        "HandleAlarm": "aws_sfn_state_machine.handle_alarm",
        "Classify": "aws_lambda_function.classify",
        "Alarms": "aws_sns_topic.alarms",
    },
    "web-shop": {
        "Storefront": "aws_cloudfront_distribution.storefront",
        "Assets": "aws_s3_bucket.assets",
        "ShopApi": "aws_apigatewayv2_api.shop",
        "Catalog": "aws_lambda_function.catalog",
        "Checkout": "aws_lambda_function.checkout",
        "Mails": "aws_sqs_queue.mails",
        "LostMails": "aws_sqs_queue.lost_mails",
        "Mailer": "aws_lambda_function.mailer",
        "Receipts": "aws_s3_bucket.receipts",
        "Products": "aws_dynamodb_table.products",
        "OrdersDb": "aws_db_instance.orders",
    },
}
FORMS = ("configuration", "plan", "state")


def original(design: str) -> Architecture:
    return formats.read({f"{design}.yaml": (DEMO / f"{design}.yaml").read_bytes()})


def in_terraform(design: str, form: str) -> Architecture:
    if form != "configuration":
        name = f"{design}.{form}.json"
        return formats.read({name: (HERE / name).read_bytes()})
    folder = HERE / design
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return formats.read({str(path.relative_to(folder)): path.read_bytes() for path in files})


def links_of(architecture: Architecture, ids: dict[str, str]) -> set[tuple[Any, ...]]:
    return {
        (
            *(ids.get(end, end) for end in (link.source, link.target)),
            *(link.role, link.mode, link.calls, tuple(sorted(link.settings.items()))),
        )
        for link in architecture.links
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("design", IDS)
def test_a_demo_design_gives_the_graph_of_its_template(design: str, form: str) -> None:
    ids = IDS[design]
    asked, found = original(design), in_terraform(design, form)
    assert {c.id: c.kind for c in found} == {ids[c.id]: c.kind for c in asked}
    assert links_of(found, {}) == links_of(asked, ids)


@pytest.mark.parametrize("form", ["configuration", "state"])
@pytest.mark.parametrize("design", IDS)
def test_a_demo_design_has_the_settings_of_its_template(design: str, form: str) -> None:
    found = {c.id: c for c in in_terraform(design, form)}
    for component in original(design):
        other = found[IDS[design][component.id]]
        kind: type[Kind] = KINDS[component.kind]
        built = kind(**other.settings)
        # What AWS fills in by itself is in a state, and has no say in a template.
        for name, value in component.settings.items():
            assert getattr(built, name) == value, (component.id, name)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("design", IDS)
def test_a_demo_design_has_the_forecast_of_its_template(design: str, form: str) -> None:
    body = json.loads((DEMO / f"{design}.json").read_text())
    asked = dict(_of_original(design))
    found = answer(in_terraform(design, form), renamed(body, IDS[design]))
    # Single requests are drawn with a seed made of all that is given, the ids among it.
    p99 = asked.pop("p99")
    assert found.pop("p99") == (p99 and pytest.approx(p99, rel=0.15))
    assert found == pytest.approx(asked, rel=1e-3)


@cache
def _of_original(design: str) -> dict[str, Any]:
    return answer(original(design), json.loads((DEMO / f"{design}.json").read_text()))


def answer(architecture: Architecture, scenario: dict[str, Any]) -> dict[str, Any]:
    asked = Scenario.from_dict(scenario)
    summary = summary_of(forecast(architecture, asked, facts_from(DATA, asked.region)))
    return {
        "holds": summary["holds_users"]["expected"],
        "headroom": summary["headroom"]["expected"],
        "p99": summary["latency_ms"]["p99"],
        "cost": summary["cost"]["monthly_usd"],
        "refused": summary["refused_share"],
        "next": float(len(summary["next_limits"])),
    }


def renamed(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {ids.get(key, key): renamed(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, ids) for item in value]
    return ids.get(value, value) if isinstance(value, str) else value
