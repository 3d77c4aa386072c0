"""Third-party API: its latency, its own rate limit, no cost."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.outside_api import OutsideApi
from apps.engine.graph import Link
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from tests.engine.catalog.building import (
    US,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
)


def test_it_answers_within_300_ms_and_has_no_known_limit() -> None:
    # scenario.md section 5: a wait on outside HTTP is 300 ms, × 0.5 to × 3.
    api = OutsideApi()

    assert lanes_of(api)["call"].stages == (Delay(0.300),)
    assert api.limits(US, make_place(api)) == ()
    spread = api.assumed(US)["latency_ms"]
    assert (spread.low, spread.high) == (150.0, 900.0)
    assert OutsideApi.label == "Third-party API"


def test_its_rate_limit_fails_the_function_that_calls_it() -> None:
    api = OutsideApi(rate_limit_rps=10.0)
    call = Link(source="Fn", target="Pay", role="call")

    seen = run({"Fn": LambdaFunction(), "Pay": api}, [call], enter=("Fn", "invoke"), rps=40.0)

    assert seen.count("Pay", "call", "passed") == pytest.approx(10.0 * 601)
    assert seen.use("Pay", "call", "rate") > 4.0  # what fails is tried again
    assert seen.model.v[seen.at("Fn", "invoke").port.failed] > 0.5
    (limit,) = api.limits(US, make_place(api))
    assert (limit.capacity, limit.unit) == (10.0, "req/s")
    assert limit.effect.startswith("the third party answers 429")


def test_a_function_waits_for_it() -> None:
    call = Link(source="Fn", target="Pay", role="call")

    seen = run(
        {"Fn": LambdaFunction(), "Pay": OutsideApi(latency_ms=500)},
        [call],
        enter=("Fn", "invoke"),
        rps=1.0,
        values={"Fn": {"own_ms": 50.0, "init_ms": 0.0}},
    )

    assert seen.model.v[seen.at("Fn", "invoke").port.response] == pytest.approx(0.55)


@pytest.mark.parametrize(
    ("rate", "burst", "gate"),
    [(10.0, 40.0, Gate(10.0, 40.0, 0.3)), (10.0, None, Gate(10.0, 10.0, 0.3)),
     (0.1, None, Gate(0.1, 1.0, 0.3))],
)  # fmt: skip
def test_a_burst_that_is_not_said_is_a_second(rate: float, burst: float | None, gate: Gate) -> None:
    api = OutsideApi(rate_limit_rps=rate, burst=burst)

    assert lanes_of(api)["call"].stages == (gate,)


def test_aws_bills_nothing_for_it() -> None:
    assert OutsideApi().usage(Meters(passed={"call": 1e6})) == ()


def test_it_reads_an_api_destination() -> None:
    settings = read_template(
        OutsideApi,
        "AWS::Events::ApiDestination",
        {"InvocationEndpoint": "https://pay.example", "InvocationRateLimitPerSecond": 25},
    )

    assert make_kind("outside_api", **settings) == OutsideApi(rate_limit_rps=25.0)
    with pytest.raises(InvalidSetting, match=r"Rate limit must be between 0\.01 and 1,000,000"):
        make_kind("outside_api", rate_limit_rps=0)
