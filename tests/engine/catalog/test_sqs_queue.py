"""SQS queue: backlog, retries, dead letters, FIFO, its bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Kind, Meters
from apps.engine.catalog.sqs_queue import SqsQueue
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.delay import Delay
from apps.engine.stages.queue import Queue
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_to,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def worker(**settings: object) -> Kind:
    return make_kind("lambda_function", memory_mb=1769, timeout_s=60, **settings)


def poll(**settings: object) -> Link:
    return Link(source="It", target="Worker", role="invoke", mode="stream", settings=settings)


def test_its_messages_are_handled() -> None:
    components = {"It": SqsQueue(), "Worker": worker()}

    seen = run(components, [poll()], enter=("It", "send"), rps=100.0)

    assert seen.count("It", "deliver", "passed") == pytest.approx(60_000, rel=0.01)
    assert seen.model.v[seen.at("It", "send").port.response] == pytest.approx(0.015)


def test_a_bounded_event_source_leaves_a_backlog() -> None:
    """Two batches of one message, a second each, are 2 of 10 messages a second."""
    components = {"It": SqsQueue(), "Worker": worker()}
    slow = {"Worker": {"own_ms": 1_000.0, "init_ms": 0.0}}

    seen = run(
        components,
        [poll(batch=1, max_concurrency=2)],
        enter=("It", "send"),
        rps=10.0,
        values=slow,
    )

    assert seen.count("It", "deliver", "waiting") == pytest.approx(8 * 600, rel=0.03)
    assert seen.use("It", "deliver", "pollers") == pytest.approx(5.0, rel=0.03)
    assert seen.model.v[seen.at("It", "deliver").port.kept] > 400.0


def test_poison_ends_in_the_dead_letter_queue() -> None:
    components = {
        "It": SqsQueue(max_receive_count=3, visibility_timeout_s=10),
        "Worker": worker(reserved_concurrency=0),
    }

    seen = run(components, [poll()], enter=("It", "send"), rps=10.0)

    dead = seen.model.v[seen.at("It", "deliver").port.own + 3]
    waiting = seen.count("It", "deliver", "waiting")
    assert dead + waiting == pytest.approx(6_000, rel=0.001)
    assert dead > 5_000
    assert seen.count("It", "deliver", "passed") == 0.0


def test_its_pollers_are_those_of_an_event_source() -> None:
    (queue,) = lanes_of(SqsQueue(), make_place(SqsQueue(), outbound=[link_to("invoke")]))[
        "deliver"
    ].stages

    # quotas.csv: lambda.sqs_esm_max 1250, sqs_esm_initial 5, sqs_esm_ramp 300 a minute.
    assert isinstance(queue, Queue)
    assert (queue.pollers, queue.first_pollers, queue.ramp_per_s) == (1250.0, 5.0, 5.0)
    # quotas.csv: sqs.inflight_standard 120000.
    assert queue.in_flight == US.quota("sqs.inflight_standard") == 120_000
    assert queue.batch == 10.0


def test_a_dead_letter_queue_is_not_polled() -> None:
    queue = SqsQueue()

    lanes = lanes_of(queue, make_place(queue, outbound=[link_to("send", dead_letter=True)]))

    assert set(lanes) == {"send"}
    assert lanes["send"].stages == (Delay(0.015),)


def test_a_fifo_queue_takes_300_calls_a_second() -> None:
    fifo = SqsQueue(is_fifo=True)

    seen = run({"It": fifo}, enter=("It", "send"), rps=450.0)

    # quotas.csv: sqs.fifo_tps, default_value 300.
    assert US.quota("sqs.fifo_tps") == 300
    assert seen.use("It", "send", "rate") == pytest.approx(1.5)
    assert seen.count("It", "send", "refused") == pytest.approx(150 * 600, rel=0.01)


def test_its_limits_name_what_happens() -> None:
    fifo = SqsQueue(is_fifo=True)
    place = make_place(fifo, outbound=[link_to("invoke", max_concurrency=20)])

    flight, poll_limit, ramp, send = fifo.limits(US, place)

    # quotas.csv: sqs.inflight_fifo 120000.
    assert (flight.gauge, flight.capacity) == ("in_flight", US.quota("sqs.inflight_fifo"))
    assert (poll_limit.gauge, poll_limit.capacity) == ("pollers", 20.0)
    assert poll_limit.effect == "the backlog grows, and messages are handled late"
    assert (ramp.gauge, ramp.capacity) == ("ramp", US.quota("lambda.sqs_esm_initial"))
    assert (send.role, send.gauge, send.capacity) == ("send", "rate", 300)


def test_it_bills_three_requests_for_a_message_and_idle_polls() -> None:
    meters = Meters(
        offered={"send": 1e6, "deliver": 1e6},
        passed={"send": 1e6, "deliver": 1e6},
        called={"deliver": 1e6},
        bytes_in=1e6 * 2_000,
        hours=730.0,
    )

    bill = price_bill([("It", usage) for usage in SqsQueue().usage(meters)], US)

    # prices.csv: sqs.standard.requests 0.0000004; five pollers ask three times a minute.
    idle = 5 * 3 * 60 * 730
    assert idle == 657_000
    assert float(bill.monthly_usd) == pytest.approx((3e6 + idle) * 0.0000004)


def test_large_messages_are_billed_in_steps_of_64_kb() -> None:
    meters = Meters(passed={"send": 1e3}, bytes_in=1e3 * 100 * 1024)

    lines = usage_of(SqsQueue(is_fifo=True), meters)

    assert lines["sqs.fifo.requests"].quantity == 2e3


def test_it_reads_templates() -> None:
    assert read_template(
        SqsQueue,
        "AWS::SQS::Queue",
        {
            "VisibilityTimeout": 180,
            "MessageRetentionPeriod": "1209600",
            "FifoQueue": "true",
            "RedrivePolicy": {"maxReceiveCount": 5},
        },
    ) == {
        "visibility_timeout_s": 180.0,
        "retention_s": 1_209_600.0,
        "is_fifo": True,
        "max_receive_count": 5,
    }
    with pytest.raises(InvalidSetting, match="Retention must be between 60 and 1,209,600 s"):
        SqsQueue(retention_s=30)


@pytest.mark.parametrize(
    ("size_kb", "requests"), [(0, 1), (64, 1), (64.5, 2), (128, 2), (1024, 16)]
)
def test_the_requests_of_a_usage_file_are_billed_in_steps(size_kb: float, requests: int) -> None:
    meters = Meters(given={"requests": 333_333.0}, bytes_in=333_333.0 * size_kb * 1024)

    lines = usage_of(SqsQueue(), meters)

    assert lines["sqs.standard.requests"].quantity == requests * 333_333


def test_a_batch_of_large_messages_is_received_in_steps() -> None:
    # Batches of 10 messages of 32 KB are 320 KB: 5 requests to receive, and 1 to delete.
    meters = Meters(passed={"send": 1e6}, called={"deliver": 1e5}, bytes_in=1e6 * 32 * 1024)

    assert usage_of(SqsQueue(), meters)["sqs.standard.requests"].quantity == 1e6 + 6e5


def test_it_reads_terraform() -> None:
    attributes = {"fifo_queue": True, "redrive_policy": '{"maxReceiveCount": 4}'}

    assert settings_of(SqsQueue, "aws_sqs_queue", attributes) == {
        "is_fifo": True,
        "max_receive_count": 4,
    }
    assert settings_of(SqsQueue, "aws_sqs_queue", {"redrive_policy": "ref:x"}) == {}
