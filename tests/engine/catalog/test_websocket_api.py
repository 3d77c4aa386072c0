"""WebSocket API: new connections, messages both ways, cost."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.websocket_api import WebsocketApi
from apps.engine.formats.infracost import meters_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_from,
    make_place,
    run,
    usage_of,
)

HANDLES = Link(source="Socket", target="Fn", role="invoke")
PUSHES = Link(source="Fn", target="Socket", role="push", mode="async")


def test_a_function_answers_a_message_by_pushing_one() -> None:
    components = {"Socket": WebsocketApi(), "Fn": LambdaFunction(memory_mb=1769)}

    seen = run(components, [HANDLES, PUSHES], enter=("Socket", "request"), rps=10.0)

    assert seen.count("Fn", "invoke", "offered") == pytest.approx(6_000, rel=0.01)
    assert seen.count("Socket", "push", "offered") == pytest.approx(6_000, rel=0.01)
    assert seen.count("Socket", "request", "offered") == pytest.approx(6_000)


def test_it_refuses_connections_that_come_too_fast() -> None:
    """500 connections a second of 20 messages each are 10,000 messages a second."""
    seen = run({"Socket": WebsocketApi()}, enter=("Socket", "request"), rps=15_000.0)

    # quotas.csv: apigateway.ws_new_connections, default_value 500 per s.
    assert US.quota("apigateway.ws_new_connections") == 500
    assert seen.use("Socket", "connect", "rate") == pytest.approx(1.5)
    assert seen.count("Socket", "connect", "refused") == pytest.approx(5_000 * 600, rel=0.03)


def test_the_longer_a_connection_lasts_the_more_messages_come() -> None:
    seen = run(
        {"Socket": WebsocketApi()},
        enter=("Socket", "request"),
        rps=15_000.0,
        values={"Socket": {"messages_per_connection": 100.0}},
    )

    assert seen.use("Socket", "connect", "rate") == pytest.approx(0.3)
    assert seen.count("Socket", "connect", "refused") == 0.0


def test_its_limit_is_stated_in_connections() -> None:
    (limit,) = WebsocketApi().limits(US, make_place(WebsocketApi()))

    assert (limit.role, limit.capacity, limit.unit) == ("connect", 500, "connections/s")
    assert limit.check_command.endswith("--service-code apigateway --quota-code L-9ED1E49A")


def test_it_keeps_the_throttle_of_its_stage() -> None:
    api = WebsocketApi(throttle_rate_rps=100, throttle_burst=50)

    seen = run({"Socket": api}, enter=("Socket", "request"), rps=200.0)

    assert seen.count("Socket", "request", "refused") == pytest.approx(0.5 * 120_000, rel=0.01)
    throttle = api.limits(US, make_place(api))[1]
    assert (throttle.id, throttle.capacity) == ("apigateway.stage_throttle", 100)


def test_messages_both_ways_draw_on_the_rate_of_the_account() -> None:
    lanes = lanes_of(WebsocketApi())

    assert lanes["request"].draws == lanes["push"].draws == ("apigateway.throttle_rate",)


def test_it_bills_messages_and_connection_minutes() -> None:
    values = WebsocketApi().billed(make_place(WebsocketApi()))
    meters = Meters(passed={"request": 1e6}, values=values)

    lines = usage_of(WebsocketApi(), meters)

    # One message back for each, on 50,000 connections of 10 minutes.
    assert lines["apigw.ws.messages"].quantity == 2e6
    assert lines["apigw.ws.connection_minutes"].quantity == 500_000
    # prices.csv: apigw.ws.messages 0.000001, apigw.ws.connection_minutes 0.00000025;
    # a GB out is under the 100 that are free.
    bill = price_bill([("Socket", usage) for usage in lines.values()], US)
    transfer_usd = 1e9 / 2**30 * 0.09
    assert float(bill.monthly_usd) == pytest.approx(2.0 + 0.125 + transfer_usd, abs=0.01)


def test_answers_that_are_drawn_are_not_assumed_as_well() -> None:
    place = make_place(WebsocketApi(), inbound=[link_from("push")])
    meters = Meters(passed={"request": 1e6, "push": 3e6}, values=WebsocketApi().billed(place))

    assert usage_of(WebsocketApi(), meters)["apigw.ws.messages"].quantity == 4e6


def test_a_message_is_metered_in_steps_of_32_kb() -> None:
    place = make_place(WebsocketApi(), bytes_out=65 * 1024.0)
    meters = Meters(passed={"push": 1e6}, values=WebsocketApi().billed(place))

    assert usage_of(WebsocketApi(), meters)["apigw.ws.messages"].quantity == 3e6


@pytest.mark.parametrize(("size_kb", "messages"), [(32, 1e6), (33, 2e6), (128, 4e6)])
def test_given_messages_are_billed_by_their_size(size_kb: float, messages: float) -> None:
    usage = {"monthly_messages": 1e6, "message_size_kb": size_kb, "monthly_connection_mins": 7e6}
    meters = meters_of(WebsocketApi, "aws_apigatewayv2_api", usage)

    lines = usage_of(WebsocketApi(), meters)

    assert lines["apigw.ws.messages"].quantity == messages
    assert lines["apigw.ws.connection_minutes"].quantity == 7e6
