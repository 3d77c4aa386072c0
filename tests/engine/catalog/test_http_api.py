"""HTTP API: throttle, routes, cost, template."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.http_api import HttpApi
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import kind_of_type
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.delay import Delay
from tests.engine.catalog.building import (
    US,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def test_it_draws_on_the_throttle_of_the_account() -> None:
    lane = lanes_of(HttpApi())["request"]

    # quotas.csv: apigateway.throttle_rate, default_value 10000 (us-east-1).
    assert lane.draws == ("apigateway.throttle_rate",)
    assert US.quota("apigateway.throttle_rate") == 10_000
    assert lane.stages == (Delay(0.010),)
    assert HttpApi().limits(US, make_place(HttpApi())) == ()


def test_it_refuses_above_the_throttle_of_its_stage() -> None:
    api = HttpApi(throttle_rate_rps=50, throttle_burst=100)

    seen = run({"Api": api}, enter=("Api", "request"), rps=80.0)

    assert seen.use("Api", "request", "rate") == pytest.approx(1.6)
    assert seen.count("Api", "request", "refused") == pytest.approx(30 * 600, rel=0.01)


def test_a_throttle_of_zero_refuses_all() -> None:
    seen = run(
        {"Api": HttpApi(throttle_rate_rps=0, throttle_burst=1)}, enter=("Api", "request"), rps=10.0
    )

    assert seen.count("Api", "request", "passed") == pytest.approx(1.0, abs=0.01)


def test_its_routes_share_the_requests_by_weight() -> None:
    components = {
        "Api": HttpApi(),
        "Read": make_kind("lambda_function", memory_mb=1769),
        "Write": make_kind("lambda_function", memory_mb=1769),
    }
    links = [
        Link(source="Api", target="Read", role="invoke", settings={"weight": 10.0}),
        Link(source="Api", target="Write", role="invoke", settings={"weight": 2.0}),
    ]

    seen = run(components, links, enter=("Api", "request"), rps=60.0)

    assert seen.count("Read", "invoke", "offered") == pytest.approx(50 * 600)
    assert seen.count("Write", "invoke", "offered") == pytest.approx(10 * 600)


def test_it_bills_requests_in_steps_of_512_kb() -> None:
    small = Meters(passed={"request": 1e6}, bytes_out=1e6 * 5_000)
    large = Meters(passed={"request": 1e6}, bytes_out=1e6 * 513 * 1024)

    assert usage_of(HttpApi(), small)["apigw.http.requests"].quantity == 1e6
    assert usage_of(HttpApi(), large)["apigw.http.requests"].quantity == 2e6
    # prices.csv: apigw.http.requests 0.000001; transfer is billed where users come in.
    bill = price_bill([("Api", usage) for usage in HttpApi().usage(small)], US)
    assert float(bill.monthly_usd) == pytest.approx(1.0)


def test_it_bills_transfer_where_users_come_in() -> None:
    meters = Meters(passed={"request": 1e6}, bytes_out=2**30, is_edge=True)

    assert usage_of(HttpApi(), meters)["dto.internet_gb"].quantity == 1.0


def test_it_reads_templates() -> None:
    throttle = {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": "200"}

    assert read_template(
        HttpApi, "AWS::Serverless::HttpApi", {"DefaultRouteSettings": throttle}
    ) == {"throttle_rate_rps": 100.0, "throttle_burst": 200.0}
    assert "AWS::ApiGatewayV2::Api" in {row.type for row in HttpApi.TEMPLATE}


def test_a_large_request_counts_as_a_large_answer_does() -> None:
    usage = {"monthly_requests": 1e6, "request_size_kb": 1025}
    meters = meters_of(HttpApi, "aws_apigatewayv2_api", usage)

    assert usage_of(HttpApi(), meters)["apigw.http.requests"].quantity == 3e6


def test_its_protocol_tells_it_from_a_websocket_api() -> None:
    kinds = [
        kind_of_type("aws_apigatewayv2_api", {"protocol_type": p}) for p in ("HTTP", "WEBSOCKET")
    ]

    assert [kind and kind.name for kind in kinds] == ["http_api", "websocket_api"]
