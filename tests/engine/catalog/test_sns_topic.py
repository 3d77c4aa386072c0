"""SNS topic: publishing, delivering, and the bill of both sorts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.sns_topic import SnsTopic
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
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


def test_deliveries_outside_aws_are_billed_in_the_steps_of_their_message() -> None:
    topic = SnsTopic(http_subscriptions=2, email_subscriptions=1)
    meters = Meters(passed={"publish": 1e6}, bytes_in=1e6 * 100 * 1024)

    lines = usage_of(topic, meters)

    assert lines["sns.requests"].quantity == 2e6
    assert lines["sns.http"].quantity == 4e6
    assert lines["sns.email"].quantity == 2e6
    assert "sns.push" not in lines
    # prices.csv: 100,000 by HTTP and 1,000 by e-mail are free, then 0.0000006 and 0.00002.
    bill = price_bill([("Topic", usage) for usage in topic.usage(meters)], US, free_tier=True)
    assert float(bill.monthly_usd) == pytest.approx(
        1e6 * 0.0000005 + 3.9e6 * 0.0000006 + 1_999_000 * 0.00002
    )


def test_what_a_link_leads_to_says_what_a_delivery_costs() -> None:
    topic = SnsTopic()
    links = [Link(source="It", target=name, role="x") for name in ("Api", "Stream", "Queue")]
    kinds = {"Api": "outside_api", "Stream": "firehose_stream", "Queue": "sqs_queue"}
    place = replace(
        make_place(topic, outbound=links),
        neighbours={name: make_kind(kind) for name, kind in kinds.items()},
    )

    lines = usage_of(topic, Meters(passed={"publish": 10.0}, values=topic.billed(place)))

    assert {lines[f"sns.{name}"].quantity for name in ("http", "firehose", "sqs_lambda")} == {10.0}


def test_a_subscription_is_billed_without_its_topic() -> None:
    settings = settings_of(SnsTopic, "aws_sns_topic_subscription", {"protocol": "https"})
    usage = {"monthly_requests": 1e6, "request_size_kb": 128.0}
    meters = meters_of(SnsTopic, "aws_sns_topic_subscription", usage)

    lines = usage_of(SnsTopic(**settings), meters)

    assert lines["sns.http"].quantity == 2e6
    assert lines["sns.requests"].quantity == lines["sns.sqs_lambda"].quantity == 0.0


def test_a_topic_counts_the_subscriptions_of_its_own_list() -> None:
    listed = [{"Protocol": "email", "Endpoint": "a"}, {"Protocol": "sqs", "Endpoint": "b"}]

    read = read_template(SnsTopic, "AWS::SNS::Topic", {"Subscription": listed})

    assert {name: count for name, count in read.items() if count} == {"email_subscriptions": 1}
