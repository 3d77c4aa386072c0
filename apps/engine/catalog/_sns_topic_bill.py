"""What AWS bills for an SNS topic: what is published, and every delivery of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from apps.engine.catalog._steps import Given, given_lines, steps
from apps.engine.catalog.base import COUNT, Conversion, Meters, Property, Usage, UsageKey

TERRAFORM, SUBSCRIPTION = "aws_sns_topic", "aws_sns_topic_subscription"
TOPIC: Final = "AWS::SNS::Topic"
# Its price depends on the country, so no book has it.
SMS: Final = "sns.sms"
# Metered in steps of 64 KB. https://aws.amazon.com/sns/pricing/
KB_PER_STEP = 64.0
BYTES_PER_KB, BYTES_PER_GB = 1024, 2**30
# A usage file's GB has a million KB. https://github.com/infracost/infracost
KB_PER_GIVEN_GB = 1e6


class Endpoint(NamedTuple):
    """Where SNS delivers to for money: the setting that counts it, and its line."""

    setting: str
    usage_key: str
    protocols: tuple[str, ...]
    price_id: str
    label: str


ENDPOINTS: Final = (
    Endpoint(
        "http_subscriptions",
        "http_subscriptions",
        ("http", "https"),
        "sns.http",
        "Deliveries by HTTP",
    ),
    Endpoint(
        "email_subscriptions",
        "email_subscriptions",
        ("email", "email-json"),
        "sns.email",
        "Deliveries by e-mail",
    ),
    Endpoint(
        "firehose_subscriptions",
        "kinesis_subscriptions",
        ("firehose",),
        "sns.firehose",
        "Deliveries to Firehose",
    ),
    Endpoint(
        "push_subscriptions",
        "mobile_push_subscriptions",
        ("application",),
        "sns.push",
        "Mobile push",
    ),
    Endpoint("macos_subscriptions", "macos_subscriptions", (), "sns.macos", "Push to macOS"),
    Endpoint("sms_subscriptions", "sms_subscriptions", ("sms",), SMS, "Text messages"),
)
USAGE_KEYS: Final = (
    UsageKey(TERRAFORM, "monthly_requests", "passed.publish"),
    UsageKey(
        TERRAFORM, "request_size_kb", "given.payload_gb", 1 / KB_PER_GIVEN_GB, per="passed.publish"
    ),
    UsageKey(SUBSCRIPTION, "monthly_requests", "given.messages"),
    UsageKey(
        SUBSCRIPTION, "request_size_kb", "given.payload_gb", 1 / KB_PER_GIVEN_GB, "given.messages"
    ),
)
_GIVEN: Final = (
    Given("filtered_gb", "sns.payload_filter_gb", "Filtering by payload", "GB"),
    Given("archived_gb", "sns.fifo.archive_gb", "Archive processing", "GB"),
    Given("archive_gb_month", "sns.fifo.archive_gb_month", "Archive storage", "GB-month"),
)


def _one_of(protocols: tuple[str, ...]) -> Conversion:
    return Conversion(lambda protocol: 1 if protocol in protocols else None, lambda count: count)


def _count_of(protocols: tuple[str, ...]) -> Conversion:
    """Return how many of the subscriptions in a topic's own list have some protocol."""

    def read(listed: Any) -> int | None:
        items = listed if isinstance(listed, list) else []
        found = [x for x in items if isinstance(x, Mapping) and x.get("Protocol") in protocols]
        return len(found) or None

    return Conversion(read, lambda count: count)


_BY_PROTOCOL: Final = tuple(one for one in ENDPOINTS if one.protocols)
SUBSCRIBED: Final = (
    *(Property(TOPIC, "Subscription", e.setting, _count_of(e.protocols)) for e in _BY_PROTOCOL),
    *(Property(TERRAFORM, f"usage.{e.usage_key}", e.setting, COUNT) for e in ENDPOINTS),
    *(Property(SUBSCRIPTION, "protocol", e.setting, _one_of(e.protocols)) for e in _BY_PROTOCOL),
)


def standard(meters: Meters, subscribed: Mapping[str, float]) -> tuple[Usage, ...]:
    """Return the lines of a standard topic.

    Parameters
    ----------
    meters : Meters
        What it did in a month; `given.messages` are those of one subscription alone, whose
        topic is billed elsewhere.
    subscribed : Mapping[str, float]
        Subscriptions by the settings of `ENDPOINTS`.

    Returns
    -------
    tuple of Usage
        In the order of AWS's page.
    """
    published = meters.passed.get("publish", 0.0)
    messages = meters.given.get("messages", published)
    each = steps(_payload_kb(meters), messages, KB_PER_STEP)
    within = meters.values.get("subscriptions", 1.0)
    # A subscription that is billed alone goes to one endpoint, and to nothing else.
    is_elsewhere = any(subscribed.values()) and not published
    return (
        Usage("sns.requests", "Publish requests", "request", published * each, "In steps of 64 KB"),
        *_deliveries(messages * each, subscribed),
        Usage(
            "sns.sqs_lambda",
            "Deliveries to queues and functions",
            "delivery",
            0.0 if is_elsewhere else messages * each * within,
            "Without charge",
        ),
        *given_lines(meters, _GIVEN),
    )


def fifo(meters: Meters) -> tuple[Usage, ...]:
    """Return the lines of a FIFO topic, whose data is billed by size.

    Parameters
    ----------
    meters : Meters
        What it did in a month.

    Returns
    -------
    tuple of Usage
        In the order of AWS's page.
    """
    published = meters.passed.get("publish", 0.0)
    subscriptions = meters.values.get("subscriptions", 1.0)
    gigabytes = meters.given.get("payload_gb", meters.bytes_in / BYTES_PER_GB)
    return (
        Usage("sns.fifo.publish", "Publish requests (FIFO)", "request", published),
        Usage("sns.fifo.publish_gb", "Published data (FIFO)", "GB", gigabytes),
        Usage(
            "sns.fifo.delivery",
            "Subscription messages (FIFO)",
            "message",
            published * subscriptions,
        ),
        Usage(
            "sns.fifo.delivery_gb",
            "Delivered data (FIFO)",
            "GB",
            gigabytes * subscriptions,
            "To every subscription",
        ),
        *given_lines(meters, _GIVEN),
    )


def _payload_kb(meters: Meters) -> float:
    """Return the size of all messages together. [KB]"""
    if "payload_gb" in meters.given:
        return meters.given["payload_gb"] * KB_PER_GIVEN_GB
    return meters.bytes_in / BYTES_PER_KB


def _deliveries(messages: float, subscribed: Mapping[str, float]) -> Iterator[Usage]:
    for endpoint in ENDPOINTS:
        count = subscribed.get(endpoint.setting, 0.0)
        if count and messages:
            note = "" if endpoint.price_id == SMS else "In steps of 64 KB"
            yield Usage(endpoint.price_id, endpoint.label, "delivery", messages * count, note)
