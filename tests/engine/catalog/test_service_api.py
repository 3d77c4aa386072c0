"""A service called by its API: its latency by what it does, no limit and no price invented."""

from __future__ import annotations

import pytest

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.outside_api import OutsideApi
from apps.engine.catalog.service_api import ServiceApi
from apps.engine.graph import Link
from tests.engine.catalog.building import US, make_kind, make_place, run


@pytest.mark.parametrize(
    ("service", "expected_ms", "low_ms", "high_ms"),
    [
        ("ssm", 20.0, 10.0, 60.0),
        ("secretsmanager", 20.0, 10.0, 60.0),
        ("ses", 20.0, 10.0, 60.0),
        ("textract", 300.0, 100.0, 3000.0),
        ("athena", 300.0, 100.0, 3000.0),
        ("bedrock", 2000.0, 500.0, 10_000.0),
        # What is not known takes its time, in a wide range.
        ("", 300.0, 100.0, 3000.0),
    ],
)
def test_its_latency_follows_from_what_the_service_does(
    service: str, expected_ms: float, low_ms: float, high_ms: float
) -> None:
    spread = ServiceApi(service=service).assumed(US)["latency_ms"]

    assert (spread.expected, spread.low, spread.high) == (expected_ms, low_ms, high_ms)
    assert spread.rule


def test_a_function_waits_for_it() -> None:
    components = {"Fn": LambdaFunction(), "Model": ServiceApi(service="bedrock")}
    call = Link(source="Fn", target="Model", role="call")

    seen = run(
        components,
        [call],
        enter=("Fn", "invoke"),
        rps=1.0,
        values={"Fn": {"own_ms": 50.0, "init_ms": 0.0}},
    )

    assert seen.model.v[seen.at("Fn", "invoke").port.response] == pytest.approx(2.05)
    assert seen.count("Model", "call", "refused") == 0.0


def test_some_call_functions_themselves() -> None:
    components = {"Iot": ServiceApi(service="iot"), "Fn": LambdaFunction()}
    link = Link(source="Iot", target="Fn", role="event", mode="async")

    seen = run(components, [link], enter=("Iot", "call"), rps=1.0)

    assert seen.count("Fn", "event", "offered") == pytest.approx(600.0)


def test_its_limit_is_unknown_and_said_to_be() -> None:
    api = ServiceApi(service="ssm")

    assert api.has_unknown_limit
    assert api.limits(US, make_place(api)) == ()
    assert api.usage(Meters(passed={"call": 1e6})) == ()


def test_what_has_a_limit_is_not_said_to_lack_one() -> None:
    assert OutsideApi().has_unknown_limit
    assert not OutsideApi(rate_limit_rps=10.0).has_unknown_limit
    known = {name for name, kind in KINDS.items() if not make_kind(name).has_unknown_limit}
    assert set(KINDS) - known == {"msk_cluster", "outside_api", "service_api"}
