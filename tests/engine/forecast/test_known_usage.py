from __future__ import annotations

from typing import Any

import pytest

from apps.engine.facts import Facts
from apps.engine.forecast import forecast, summary_of
from apps.engine.forecast.known_usage import with_usage
from apps.engine.formats.infracost_file import UsageFile
from apps.engine.graph import Architecture, Component, Link
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Population, Scenario
from apps.facts.reader import packaged_facts

DESIGN = Architecture(
    components=(
        Component(id="Cdn", kind="cloudfront_distribution"),
        Component(id="Api", kind="http_api"),
        Component(id="Orders", kind="lambda_function", settings={"memory_mb": 1024}),
        Component(id="Mails", kind="sqs_queue"),
        Component(id="Files", kind="s3_bucket"),
        Component(id="Table", kind="dynamodb_table"),
        Component(id="Key", kind="secret"),
    ),
    links=(
        Link(source="Cdn", target="Api", role="request"),
        Link(source="Api", target="Orders", role="invoke"),
        Link(source="Orders", target="Mails", role="send", mode="async"),
        Link(source="Orders", target="Table", role="write"),
        Link(source="Orders", target="Files", role="put"),
    ),
)
SCENARIO = Scenario(population=Population(value=2000.0))
LAMBDA, QUEUE, CDN = "aws_lambda_function", "aws_sqs_queue", "aws_cloudfront_distribution"


@pytest.fixture(scope="module")
def facts() -> Facts:
    return packaged_facts("us-east-1")


def knowing(
    facts: Facts,
    resources: dict[str, Any],
    scenario: Scenario = SCENARIO,
    defaults: dict[str, Any] | None = None,
) -> tuple[Scenario, tuple[str, ...]]:
    return with_usage(DESIGN, scenario, facts, UsageFile(resources, defaults or {}))


def test_durations_and_sizes_become_values_in_force(facts: Facts) -> None:
    scenario, warnings = knowing(
        facts,
        {
            f"{LAMBDA}.Orders": {"request_duration_ms": "120"},
            f"{QUEUE}.Mails": {"request_size_kb": 4},
            "aws_dynamodb_table.Table": {"storage_gb": 50},
            "aws_s3_bucket.Files": {"standard.storage_gb": 70},
        },
    )

    assert warnings == ()
    assert scenario.usage == {}
    assert scenario.assume == {
        "Orders": {"duration_ms": 120.0},
        "Mails": {"item_bytes": 4096.0},
        "Table": {"stored_gb": 50.0},
        "Files": {"stored_gb": 70.0},
    }


def test_flows_stay_those_of_the_users(facts: Facts) -> None:
    scenario, warnings = knowing(
        facts,
        {
            f"{LAMBDA}.Orders": {"monthly_requests": 7},
            f"{QUEUE}.Mails": {"monthly_requests": 7},
            "aws_dynamodb_table.Table": {"monthly_write_request_units": 7},
            f"{CDN}.Cdn": {"monthly_https_requests.us": 7},
            "aws_s3_bucket.Files": {"standard.monthly_tier_1_requests": 7},
        },
    )

    assert scenario == SCENARIO
    (sentence,) = warnings
    assert "follow from the users" in sentence
    for name in ("monthly_requests of Orders", "monthly_requests of Mails",
                 "monthly_write_request_units of Table", "monthly_https_requests.us of Cdn",
                 "standard.monthly_tier_1_requests of Files"):  # fmt: skip
        assert name in sentence


def test_quantities_that_no_simulation_knows_stand_on_the_bill(facts: Facts) -> None:
    scenario, warnings = knowing(
        facts,
        {
            f"{CDN}.Cdn": {"monthly_invalidation_requests": 50_000},
            "aws_dynamodb_table.Table": {"monthly_data_restored_gb": 100},
            "aws_s3_bucket.Files": {
                "standard_infrequent_access.monthly_lifecycle_transition_requests": 200_000
            },
            # Nothing of the design asks for the secret.
            "aws_secretsmanager_secret.Key": {"monthly_requests": 900_000},
        },
    )

    assert warnings == ()
    assert scenario.usage["Cdn"] == {"given.invalidation_paths": 50_000.0}
    plain, known = (
        summary_of(forecast(DESIGN, one, facts))["cost"] for one in (SCENARIO, scenario)
    )
    before = {(line["component"], line["name"]): line["quantity"] for line in plain["lines"]}
    after = {(line["component"], line["name"]): line["quantity"] for line in known["lines"]}
    fresh = {key: after[key] for key in after if after[key] != pytest.approx(before.get(key, 0.0))}
    assert {component for component, _ in fresh} == {"Cdn", "Table", "Files", "Key"}
    assert sorted(fresh.values()) == [100.0, 50_000.0, 200_000.0, 900_000.0]
    # Low and high are bills too.
    rise = known["monthly_usd"] - plain["monthly_usd"]
    assert rise > 200.0
    assert known["low"] - plain["low"] == pytest.approx(rise, rel=0.05)


def test_they_stay_as_they_are_whoever_comes(facts: Facts) -> None:
    scenario, _ = knowing(facts, {f"{CDN}.Cdn": {"monthly_invalidation_requests": 10_000_000}})

    curve = summary_of(forecast(DESIGN, scenario, facts))["curve"]
    plain = summary_of(forecast(DESIGN, SCENARIO, facts))["curve"]

    rises = [
        known["monthly_usd"] - alone["monthly_usd"]
        for known, alone in zip(curve, plain, strict=True)
    ]
    assert rises == pytest.approx([rises[0]] * len(rises))


def test_what_the_scenario_says_stands_over_the_file(facts: Facts) -> None:
    said = Scenario(population=Population(value=2000.0), assume={"Orders": {"own_ms": 5.0}})

    scenario, warnings = knowing(facts, {f"{LAMBDA}.Orders": {"request_duration_ms": 500}}, said)

    assert scenario == said
    assert "the scenario itself says request_duration_ms of Orders" in warnings[0]


def test_defaults_of_a_type_hold_where_no_address_says_otherwise(facts: Facts) -> None:
    defaults = {LAMBDA: {"request_duration_ms": 100}}

    alone, _ = knowing(facts, {}, defaults=defaults)
    both, _ = knowing(facts, {"Orders": {"request_duration_ms": 300}}, defaults=defaults)

    assert alone.assume == {"Orders": {"duration_ms": 100.0}}
    assert both.assume == {"Orders": {"duration_ms": 300.0}}


def test_what_is_not_known_is_listed_once(facts: Facts) -> None:
    _, warnings = knowing(
        facts,
        {
            f"{LAMBDA}.Orders": {"request_duration_ms": "much", "colour": 3},
            "aws_instance.web": {"operating_system": "linux"},
        },
    )

    assert len(warnings) == 2
    assert "no one component of the design is named by aws_instance.web" in warnings[0]
    assert f"{LAMBDA}.Orders.request_duration_ms, {LAMBDA}.Orders.colour" in warnings[1]


def test_a_question_without_usage_stays_the_one_that_it_was() -> None:
    assert "usage" not in SCENARIO.to_dict()
    known = Scenario.from_dict({**SCENARIO.to_dict(), "usage": {"A": {"stored_gb": 3}}})
    assert Scenario.from_dict(known.to_dict()) == known


@pytest.mark.parametrize(
    ("usage", "message"),
    [
        ({"A": 3}, "usage.A must be an object"),
        ({"A": {"colour": 3}}, "usage.A.colour is no meter"),
        ({"A": {"given": 3}}, "usage.A.given is no meter"),
        ({"A": {"is_edge": 1}}, "usage.A.is_edge is no meter"),
        ({"A": {"stored_gb.x": 1}}, "is no meter"),
        ({"A": {"bytes_in per colour": 1}}, "is no meter"),
        ({"A": {"stored_gb": -1}}, "must be a number"),
        ({"A": {"stored_gb": "3"}}, "must be a number"),
        ({"A": {"stored_gb": True}}, "must be a number"),
    ],
)
def test_a_scenario_with_no_usage_of_a_meter_is_refused(
    usage: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidScenario, match=message):
        Scenario.from_dict({"population": {"value": 1}, "usage": usage})


def test_usage_of_what_is_not_there_is_refused(facts: Facts) -> None:
    scenario = Scenario(population=Population(value=10.0), usage={"Gone": {"stored_gb": 1.0}})

    with pytest.raises(InvalidScenario, match=r"usage\.Gone names no component"):
        forecast(DESIGN, scenario, facts)
