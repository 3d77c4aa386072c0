"""Pipe: batches come in, single events go on, each is billed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Meters
from apps.engine.catalog.pipe import Pipe
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.delay import Delay
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_to,
    make_kind,
    make_place,
    run,
    usage_of,
)

TAKES = Link(source="Stream", target="Pipe", role="invoke", mode="stream")
ENRICHES = Link(source="Pipe", target="Enrich", role="call")
SENDS = Link(source="Pipe", target="Out", role="send", mode="async")


def test_it_calls_enrichment_and_target_for_each_event() -> None:
    """A busy shard hands over batches; no event may get lost in one."""
    components = {
        "Stream": make_kind("kinesis_stream"),
        "Pipe": Pipe(),
        "Enrich": make_kind("outside_api"),
        "Out": make_kind("sqs_queue"),
    }

    seen = run(components, [TAKES, ENRICHES, SENDS], enter=("Stream", "put"), rps=200.0)

    events = seen.count("Stream", "put", "passed")
    assert seen.count("Pipe", "invoke", "offered") < 0.5 * events  # They came in batches.
    assert seen.count("Pipe", "invoke", "called") == pytest.approx(events, rel=0.01)
    assert seen.count("Enrich", "call", "offered") == pytest.approx(events, rel=0.01)
    assert seen.count("Out", "send", "offered") == pytest.approx(events, rel=0.01)


def test_it_waits_for_enrichment_and_target() -> None:
    components = {"Pipe": Pipe(), "Enrich": make_kind("outside_api"), "Out": make_kind("sqs_queue")}

    seen = run(components, [ENRICHES, SENDS], enter=("Pipe", "invoke"), rps=1.0)

    # 20 ms of its own, 300 ms of the third party, 15 ms to send.
    response_s = seen.model.v[seen.at("Pipe", "invoke").port.response]
    assert response_s == pytest.approx(0.020 + 0.300 + 0.015)


def test_its_source_holds_it_back() -> None:
    assert lanes_of(Pipe())["invoke"].stages == (Delay(0.020, splits_batches=True),)
    assert Pipe().limits(US, make_place(Pipe())) == ()


def test_it_bills_events_in_steps_of_64_kb() -> None:
    small = Meters(called={"invoke": 1e6}, values={"item_bytes": 2_000.0})
    large = Meters(called={"invoke": 1e6}, values={"item_bytes": 129 * 1024.0})

    assert usage_of(Pipe(), small)["eventbridge.pipes"].quantity == 1e6
    assert usage_of(Pipe(), large)["eventbridge.pipes"].quantity == 3e6
    # prices.csv: eventbridge.pipes 0.0000004.
    bill = price_bill([("Pipe", usage) for usage in Pipe().usage(small)], US)
    assert float(bill.monthly_usd) == pytest.approx(0.40)


def test_its_type_is_tied_to_it() -> None:
    assert [row.type for row in KINDS["pipe"].TEMPLATE] == [
        "AWS::Pipes::Pipe",
        "aws_pipes_pipe",
    ]
    assert Pipe.service == "pipes"


def test_a_pipe_to_an_outside_api_is_billed_for_its_calls() -> None:
    pipe = Pipe()
    place = replace(
        make_place(pipe, outbound=[link_to("call")]),
        neighbours={"Other": make_kind("outside_api")},
    )
    meters = Meters(called={"invoke": 1e6}, values=pipe.billed(place))

    assert usage_of(pipe, meters)["eventbridge.api_destinations"].quantity == 1e6
    assert usage_of(pipe, Meters(given={"requests": 3.0}))["eventbridge.pipes"].quantity == 3.0
