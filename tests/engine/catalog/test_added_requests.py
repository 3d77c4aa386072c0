"""Requests that nobody wrote: browsers that ask first, and authorizers that are asked again."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.http_api import HttpApi
from apps.engine.catalog.rest_api import RestApi
from apps.engine.fluid.compile import compile_model
from apps.engine.fluid.wiring import AUTHORIZED, assumed_calls
from apps.engine.graph import Architecture, Link
from apps.engine.inputs import Inputs, collect
from tests.engine.catalog.building import make_kind, run, usage_of
from tests.engine.worlds import component, facts, link, scenario

API = Architecture(
    components=(component("Api", "http_api"), component("Fn", "lambda_function")),
    links=(link("Api", "Fn", "invoke"),),
)


def inputs_of(*, preflight: bool) -> Inputs:
    return collect(API, scenario(client={"preflight": preflight}), facts())


def test_browsers_that_ask_first_take_from_the_account_and_not_from_the_function() -> None:
    uses, calls = [], []
    for preflight in (False, True):
        model = compile_model(inputs_of(preflight=preflight).blueprint())
        door, steps = model.door("Api", "request").port, model.steps(1.0)
        for _ in range(60):
            model.v[door.inn] += 2000.0
            model.v[door.work] += 2000.0
            for step in steps:
                step()
        quota = next(g for g in model.gauges if g.limit.id == "apigateway.throttle_rate")
        uses.append(model.v[quota.slot])
        calls.append(model.v[model.door("Fn", "invoke").port.offered])

    # 2,000 and 4,000 of 10,000 a second; the function is called as often.
    assert uses == pytest.approx([0.2, 0.4])
    assert calls == pytest.approx([120_000, 120_000])


@pytest.mark.parametrize("name", ["http_api", "rest_api"])
def test_a_throttle_is_met_with_half_the_requests(name: str) -> None:
    components = {
        "Api": make_kind(name, throttle_rate_rps=100.0, throttle_burst=10.0),
        "Fn": make_kind("lambda_function"),
    }
    links = [Link(source="Api", target="Fn", role="invoke")]
    values = {"Api": {"preflights": 1.0}}

    seen = run(components, links, enter=("Api", "request"), rps=80.0, values=values)

    assert seen.use("Api", "request", "rate") == pytest.approx(1.6)
    assert seen.count("Api", "request", "passed") == pytest.approx(50 * 600, rel=0.01)


def test_preflights_are_billed() -> None:
    meters = Meters(passed={"request": 1e6}, bytes_out=1e9, values={"preflights": 1.0})

    assert usage_of(HttpApi(), meters)["apigw.http.requests"].quantity == 2e6
    assert usage_of(RestApi(), meters)["apigw.rest.requests"].quantity == 2e6


def test_without_them_nothing_is_assumed() -> None:
    assert ("Api", "preflights") not in inputs_of(preflight=False).by_key
    assert inputs_of(preflight=True).by_key["Api", "preflights"].is_set


def test_an_authorizer_is_asked_for_each_token_again() -> None:
    kept = Link(
        source="Api", target="Fn", role="invoke", settings={"is_extra": True, "is_kept": True}
    )
    accepts = type(make_kind("lambda_function")).ACCEPTS["invoke"]

    assert assumed_calls(kept, RestApi(), accepts) == AUTHORIZED
    assert AUTHORIZED.high == 1.0
