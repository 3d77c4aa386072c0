"""SNS topic: publishing, delivering, and the bill of both sorts."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.sns_topic import SnsTopic
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
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


def test_it_delivers_each_message_to_every_subscriber() -> None:
    components = {
        "Topic": SnsTopic(),
        "Mail": make_kind("lambda_function", memory_mb=1769),
        "Queue": make_kind("sqs_queue"),
    }
    links = [
        Link(source="Topic", target="Mail", role="event", mode="async"),
        Link(source="Topic", target="Queue", role="send", mode="async"),
    ]

    seen = run(components, links, enter=("Topic", "publish"), rps=20.0)

    assert seen.count("Topic", "publish", "passed") == pytest.approx(12_000)
    assert seen.count("Mail", "event", "offered") == pytest.approx(12_000, rel=0.01)
    assert seen.count("Queue", "send", "offered") == pytest.approx(12_000, rel=0.01)


def test_its_publisher_waits_for_the_hand_over_alone() -> None:
    slow = make_kind("lambda_function", memory_mb=128, timeout_s=900)
    link = Link(source="Topic", target="Slow", role="event", mode="async")

    seen = run({"Topic": SnsTopic(), "Slow": slow}, [link], enter=("Topic", "publish"), rps=1.0)

    # 15 ms for a call of SNS, whatever becomes of the message.
    assert seen.model.v[seen.at("Topic", "publish").port.response] == pytest.approx(0.015)


def test_a_message_that_fails_is_tried_again() -> None:
    """A FIFO queue that takes 300 of 400 messages a second makes the others come later."""
    fifo = make_kind("sqs_queue", is_fifo=True)
    link = Link(source="Topic", target="Queue", role="send", mode="async")

    seen = run({"Topic": SnsTopic(), "Queue": fifo}, [link], enter=("Topic", "publish"), rps=400.0)

    # quotas.csv: sqs.fifo_tps, default_value 300.
    assert seen.count("Queue", "send", "passed") == pytest.approx(300 * 600, rel=0.01)
    waiting = seen.count("Topic", "deliver", "waiting")
    passed = seen.count("Topic", "deliver", "passed")
    assert seen.count("Topic", "deliver", "refused") == 0.0
    assert waiting + passed == pytest.approx(400 * 600, rel=0.01)
    assert waiting > 50_000


def test_it_throttles_what_is_published_too_fast() -> None:
    seen = run({"Topic": SnsTopic()}, enter=("Topic", "publish"), rps=45_000.0)

    # quotas.csv: sns.publish_std, default_value 30000 msg/s in us-east-1.
    assert US.quota("sns.publish_std") == 30_000
    assert seen.use("Topic", "publish", "rate") == pytest.approx(1.5)
    assert seen.count("Topic", "publish", "refused") == pytest.approx(15_000 * 600, rel=0.01)


def test_a_fifo_topic_has_a_rate_of_its_own() -> None:
    fifo = SnsTopic(is_fifo=True)

    (limit,) = fifo.limits(US, make_place(fifo))

    # quotas.csv: sns.fifo_topic_tput, default_value 3000 msg/s, not adjustable.
    assert (limit.id, limit.capacity) == ("sns.fifo_topic_tput", 3000)
    assert not limit.is_adjustable
    assert limit.remedy == "Spread the messages over more topics."


def test_it_has_nothing_to_deliver_without_subscribers() -> None:
    assert set(lanes_of(SnsTopic())) == {"publish"}
    assert set(lanes_of(SnsTopic(), make_place(SnsTopic(), outbound=[link_to("event")]))) == {
        "publish",
        "deliver",
    }


def test_it_bills_publishing_in_steps_of_64_kb() -> None:
    values = {"subscriptions": 2.0}
    small = Meters(passed={"publish": 1e6}, bytes_in=1e6 * 2_000, values=values)
    large = Meters(passed={"publish": 1e6}, bytes_in=1e6 * 65 * 1024, values=values)

    assert usage_of(SnsTopic(), small)["sns.requests"].quantity == 1e6
    assert usage_of(SnsTopic(), large)["sns.requests"].quantity == 2e6
    assert usage_of(SnsTopic(), small)["sns.sqs_lambda"].quantity == 2e6
    bill = price_bill([("Topic", usage) for usage in SnsTopic().usage(small)], US)
    # prices.csv: sns.requests 0.0000005, sns.sqs_lambda 0.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(0.50)


def test_it_bills_a_fifo_topic_by_subscription() -> None:
    fifo = SnsTopic(is_fifo=True)
    subscribers = [link_to("send"), link_to("send"), link_to("event")]
    values = fifo.billed(
        make_place(fifo, outbound=[*subscribers, link_to("send", dead_letter=True)])
    )
    meters = Meters(passed={"publish": 1e6}, bytes_in=2**30, values=values)

    bill = price_bill([("Topic", usage) for usage in fifo.usage(meters)], US)

    # prices.csv: sns.fifo.publish 0.0000003, publish_gb 0.017, delivery 0.00000001,
    # delivery_gb 0.001.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(0.30 + 0.017 + 0.03 + 0.003)


def test_it_reads_templates() -> None:
    assert read_template(SnsTopic, "AWS::SNS::Topic", {"FifoTopic": True}) == {"is_fifo": True}
