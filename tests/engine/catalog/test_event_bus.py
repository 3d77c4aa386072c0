"""Event bus: putting is refused, delivering is late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Meters
from apps.engine.catalog.event_bus import EventBus
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_to,
    make_kind,
    make_place,
    run,
    usage_of,
)


def to_queue(name: str) -> Link:
    return Link(source="Bus", target=name, role="send", mode="async")


def test_it_hands_each_event_to_every_target() -> None:
    components = {"Bus": EventBus(), "A": make_kind("sqs_queue"), "B": make_kind("sqs_queue")}

    seen = run(components, [to_queue("A"), to_queue("B")], enter=("Bus", "put"), rps=30.0)

    assert seen.count("A", "send", "offered") == pytest.approx(18_000, rel=0.01)
    assert seen.count("B", "send", "offered") == pytest.approx(18_000, rel=0.01)
    assert seen.model.v[seen.at("Bus", "put").port.response] == pytest.approx(0.015)


def test_it_refuses_what_is_put_too_fast() -> None:
    seen = run({"Bus": EventBus()}, enter=("Bus", "put"), rps=15_000.0)

    # quotas.csv: eventbridge.put_events, default_value 10000 tps in us-east-1.
    assert US.quota("eventbridge.put_events") == 10_000
    assert seen.use("Bus", "put", "rate") == pytest.approx(1.5)
    assert seen.count("Bus", "put", "refused") == pytest.approx(5_000 * 600, rel=0.01)


def test_it_delivers_late_when_rules_invoke_too_often() -> None:
    """Three targets at 9,000 events/s are 27,000 invocations/s, of 18,750 allowed."""
    components = {"Bus": EventBus(), **{name: make_kind("sqs_queue") for name in "ABC"}}

    seen = run(components, [to_queue(name) for name in "ABC"], enter=("Bus", "put"), rps=9_000.0)

    # quotas.csv: eventbridge.invocations, default_value 18750 tps in us-east-1.
    assert US.quota("eventbridge.invocations") == 18_750
    assert seen.count("A", "send", "offered") == pytest.approx(18_750 / 3 * 600, rel=0.01)
    assert seen.use("Bus", "invoke", "rate") == pytest.approx(1.0)
    assert seen.count("Bus", "put", "refused") == 0.0
    waiting = seen.count("Bus", "deliver", "waiting")
    assert waiting == pytest.approx((9_000 - 6_250) * 600, rel=0.01)
    # What waits is what came last, at 9,000 a second.
    age_s = seen.model.v[seen.at("Bus", "deliver").port.kept]
    assert age_s == pytest.approx(waiting / 9_000, rel=0.02)


def test_its_limits_are_two_quotas_of_the_account() -> None:
    put, invocations = EventBus().limits(US, make_place(EventBus(), outbound=[link_to("send")]))

    assert (put.role, put.gauge, put.capacity) == ("put", "rate", 10_000)
    assert put.check_command == (
        "aws service-quotas get-service-quota --service-code events --quota-code L-9B653E91"
    )
    assert (invocations.role, invocations.capacity) == ("invoke", 18_750)
    assert invocations.effect == "events are delivered late, and lost after 24 h"


def test_a_bus_without_rules_delivers_nothing() -> None:
    assert set(lanes_of(EventBus())) == {"put"}
    assert len(EventBus().limits(US, make_place(EventBus()))) == 1


def test_it_bills_custom_events_in_steps_of_64_kb() -> None:
    small = Meters(passed={"put": 1e6}, bytes_in=1e6 * 2_000)
    large = Meters(passed={"put": 1e6}, bytes_in=1e6 * 129 * 1024)

    assert usage_of(EventBus(), small)["eventbridge.custom_events"].quantity == 1e6
    assert usage_of(EventBus(), large)["eventbridge.custom_events"].quantity == 3e6
    # prices.csv: eventbridge.custom_events 0.000001.
    bill = price_bill([("Bus", usage) for usage in EventBus().usage(small)], US)
    assert float(bill.monthly_usd) == pytest.approx(1.0)


def test_events_of_aws_services_are_free() -> None:
    bus = EventBus(has_aws_events=True)

    assert usage_of(bus, Meters(passed={"put": 1e6}))["eventbridge.custom_events"].quantity == 0.0


def test_its_type_is_tied_to_it() -> None:
    assert [row.type for row in KINDS["event_bus"].TEMPLATE] == [
        "AWS::Events::EventBus",
        "aws_cloudwatch_event_bus",
    ]


def test_an_archive_is_billed_by_what_it_takes_and_keeps() -> None:
    meters = Meters(passed={"put": 1e6}, bytes_in=10 * 2**30)

    lines = usage_of(EventBus(archive_days=73), meters)

    assert lines["eventbridge.archive_gb"].quantity == 10.0
    # 73 days of a month of 730 hours.
    assert lines["eventbridge.archive_gb_month"].quantity == pytest.approx(24.0)
    assert "eventbridge.archive_gb" not in usage_of(EventBus(), meters)


def test_schemas_are_discovered_in_steps_of_8_kb() -> None:
    meters = Meters(passed={"put": 1e6}, bytes_in=1e6 * 9 * 1024)

    lines = usage_of(EventBus(discovers_schemas=True), meters)

    assert lines["eventbridge.schema_discovery"].quantity == 2e6
    assert lines["eventbridge.custom_events"].quantity == 1e6


def test_a_call_of_an_outside_api_is_billed() -> None:
    bus = EventBus()
    place = replace(
        make_place(bus, outbound=[link_to("call")]), neighbours={"Other": make_kind("outside_api")}
    )
    meters = Meters(passed={"put": 1e6, "invoke": 9e5}, values=bus.billed(place))

    assert usage_of(bus, meters)["eventbridge.api_destinations"].quantity == 9e5


def test_events_of_partners_and_replays_are_billed_as_given() -> None:
    given = {"partner_events": 2e6, "replayed_events": 1e6, "cross_account_events": 5.0}

    bill = price_bill([("Bus", u) for u in EventBus().usage(Meters(given=given))], US)

    assert bill.monthly_usd == 3
    assert [line.price_id for line in bill.not_priced] == ["eventbridge.cross_account_events"]
