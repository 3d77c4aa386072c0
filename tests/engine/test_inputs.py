from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting
from apps.engine.graph import Architecture
from apps.engine.inputs import collect
from apps.engine.traffic.reading import InvalidScenario
from tests.engine.worlds import component, facts, link, scenario, shop


def test_the_api_is_the_entry_and_what_it_calls_is_none() -> None:
    inputs = collect(shop(), scenario(), facts())

    assert [entry.component for entry in inputs.entries] == ["Api"]


@pytest.mark.parametrize(("kind", "door"), [("sqs_queue", "send"), ("lambda_function", "invoke")])
def test_what_nobody_calls_is_an_entry(kind: str, door: str) -> None:
    alone = Architecture(components=(component("Alone", kind),))

    (entry,) = collect(alone, scenario(), facts()).entries

    assert (entry.component, entry.role) == ("Alone", door)


def test_table_beside_an_api_is_no_entry() -> None:
    design = Architecture(
        components=(component("Api", "http_api"), component("Table", "dynamodb_table"))
    )

    assert [e.component for e in collect(design, scenario(), facts()).entries] == ["Api"]


def test_circle_that_nothing_calls_has_one_entry() -> None:
    circle = Architecture(
        components=(component("Fn", "lambda_function"), component("Queue", "sqs_queue")),
        links=(link("Fn", "Queue", "send"), link("Queue", "Fn", "invoke")),
    )

    assert [e.component for e in collect(circle, scenario(), facts()).entries] == ["Queue"]


def test_what_the_scenario_sets_is_not_open() -> None:
    said = scenario(assume={"Checkout": {"own_ms": 42}})

    inputs = collect(shop(), said, facts())

    assert inputs.by_key["Checkout", "own_ms"].spread.expected == 42
    assert ("Checkout", "own_ms") not in {item.key for item in inputs.open()}


def test_range_that_the_scenario_gives_stays_open() -> None:
    said = scenario(assume={"Checkout": {"own_ms": {"expected": 50, "low": 40, "high": 90}}})

    item = collect(shop(), said, facts()).by_key["Checkout", "own_ms"]

    assert item.is_open
    assert (item.spread.low, item.spread.high) == (40, 90)


def test_defaults_for_functions_reach_every_function() -> None:
    said = scenario(assume={"lambda_defaults": {"idle_life_s": 600}})

    inputs = collect(shop(), said, facts())

    assert inputs.by_key["Checkout", "idle_life_s"].spread.expected == 600
    assert inputs.by_key["Mailer", "idle_life_s"].spread.expected == 600


def test_link_takes_calls_from_the_scenario_before_the_template() -> None:
    said = scenario(assume={"links": [{"source": "Checkout", "target": "Orders", "calls": 7}]})

    inputs = collect(shop(), said, facts())

    assert inputs.by_key["Checkout → Orders (write)", "calls"].spread.expected == 7


@pytest.mark.parametrize(
    ("assume", "message"),
    [
        ({"Chekout": {"own_ms": 5}}, "assume.Chekout names no component"),
        ({"Checkout": {"speed": 5}}, "assume.Checkout.speed is not a value; known are"),
        ({"Checkout": {"own_ms": -5}}, "assume.Checkout.own_ms must be at least 0"),
        ({"Checkout": 5}, "assume.Checkout must be an object"),
    ],
)
def test_assumption_about_nothing_is_refused(assume: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidScenario, match=message):
        collect(shop(), scenario(assume=assume), facts())


def test_action_at_no_entry_is_refused() -> None:
    said = scenario(actions=[{"name": "buy", "entry": "Nowhere", "per_visit": 1}])

    with pytest.raises(InvalidScenario, match="'buy' comes in at 'Nowhere'"):
        collect(shop(), said, facts())


def test_setting_out_of_bounds_names_the_component() -> None:
    with pytest.raises(InvalidSetting, match="Checkout: Lambda function: Memory must be between"):
        collect(shop(memory_mb=20), scenario(), facts())


def test_what_comes_on_top_of_routes_has_calls_of_its_own() -> None:
    """People sign in once a visit, and the edge holds most of the files."""
    design = Architecture(
        components=(
            component("Cdn", "cloudfront_distribution", origins="both"),
            component("Api", "http_api"),
            component("Files", "s3_bucket"),
            component("Pool", "cognito_user_pool"),
        ),
        links=(
            link("Cdn", "Api", "request"),
            link("Cdn", "Files", "get", settings={"is_extra": True}),
            link("Api", "Pool", "sign_in", settings={"is_extra": True}),
        ),
    )

    inputs = collect(design, scenario(), facts())

    files = inputs.by_key["Cdn → Files (get)", "calls"]
    # 2 files beside each request, of which the edge answers 80 %.
    assert (files.spread.expected, files.is_open) == (0.4, True)
    signs_in = inputs.by_key["Api → Pool (sign_in)", "calls"]
    assert (signs_in.spread.expected, signs_in.spread.low, signs_in.spread.high) == (
        0.05,
        0.01,
        0.3,
    )
    assert inputs.by_key["Cdn → Api (request)", "calls"].spread.high == 1.0
