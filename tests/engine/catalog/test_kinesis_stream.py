"""Kinesis stream: shards that are full, keys that are hot, readers that are late."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.kinesis_stream import KinesisStream
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.queue import Queue
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_from,
    link_to,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)

EVEN = {"Stream": {"hot_key_share": 0.0, "item_bytes": 100.0}}


def test_a_shard_takes_a_thousand_records_a_second() -> None:
    stream = KinesisStream(shards=2)

    seen = run({"Stream": stream}, enter=("Stream", "put"), rps=3_000.0, values=EVEN)

    # quotas.csv: kinesis.shard_write_records, default_value 1000 records/s.
    assert US.quota("kinesis.shard_write_records") == 1_000
    assert seen.count("Stream", "put", "passed") == pytest.approx(2_000 * 600)
    assert seen.count("Stream", "put", "refused") == pytest.approx(1_000 * 600)
    assert seen.use("Stream", "put", "shards") == pytest.approx(1.5)


def test_large_records_fill_a_shard_by_their_bytes() -> None:
    """Of records of 4 kB a shard takes 250 a second: 1 MB."""
    large = {"Stream": {"hot_key_share": 0.0, "item_bytes": 4096.0}}

    seen = run({"Stream": KinesisStream()}, enter=("Stream", "put"), rps=500.0, values=large)

    assert seen.count("Stream", "put", "passed") == pytest.approx(250 * 600)


def test_the_units_of_a_link_are_counted_once() -> None:
    components = {
        "Handler": make_kind("lambda_function", memory_mb=1769),
        "Stream": KinesisStream(),
    }
    link = Link(source="Handler", target="Stream", role="put", mode="async", calls=1.0)
    large = {"Stream": {"hot_key_share": 0.0, "item_bytes": 4096.0}}

    seen = run(components, [link], enter=("Handler", "invoke"), rps=100.0, values=large, units=4.0)

    assert seen.count("Stream", "put", "units") == pytest.approx(400 * 600, rel=0.01)
    assert seen.use("Stream", "put", "shards") == pytest.approx(0.4)


def test_a_hot_key_fills_its_shard_before_the_others() -> None:
    hot = {"Stream": {"hot_key_share": 0.5, "item_bytes": 100.0}}

    seen = run(
        {"Stream": KinesisStream(shards=10)}, enter=("Stream", "put"), rps=4_000.0, values=hot
    )

    assert seen.use("Stream", "put", "shards") == pytest.approx(2.0)
    assert seen.count("Stream", "put", "refused") == pytest.approx(1_000 * 600)


def test_its_readers_hand_over_in_batches() -> None:
    stream = KinesisStream(shards=4, retention_h=48)
    link = link_to("invoke", batch=200, parallelization=2)

    lane = lanes_of(stream, make_place(stream, outbound=[link]))["read"]

    (queue,) = lane.stages
    assert isinstance(queue, Queue)
    assert (queue.pollers, queue.batch, queue.keep_s) == (8.0, 200.0, 48 * 3600.0)
    # quotas.csv: lambda.kinesis_poll_rate, default_value 1 poll/s, so records gather for 1 s.
    assert queue.window_s == 1.0 / US.quota("lambda.kinesis_poll_rate") == 1.0


def test_a_stream_on_demand_has_the_readers_of_its_first_shards() -> None:
    stream = KinesisStream(mode="ON_DEMAND")

    lane = lanes_of(stream, make_place(stream, outbound=[link_to("invoke", parallelization=3)]))

    # quotas.csv: kinesis.ondemand_initial_write 4 MB/s, kinesis.shard_write_bytes 1 MB/s.
    assert lane["read"].stages[0].pollers == 4 * 3  # type: ignore[attr-defined]


def test_slow_readers_leave_records_behind() -> None:
    """One batch of one record at once, a second each, takes 1 of 10 records a second."""
    components = {
        "Stream": KinesisStream(),
        "Slow": make_kind("lambda_function", memory_mb=1769, timeout_s=60),
    }
    link = Link(source="Stream", target="Slow", role="invoke", mode="stream", settings={"batch": 1})

    seen = run(
        components,
        [link],
        enter=("Stream", "put"),
        rps=10.0,
        values=EVEN | {"Slow": {"own_ms": 1000.0, "init_ms": 0.0}},
    )

    assert seen.count("Stream", "read", "waiting") == pytest.approx(9 * 600, rel=0.05)
    assert seen.use("Stream", "read", "pollers") == pytest.approx(10.0, rel=0.05)


def test_a_stream_on_demand_grows() -> None:
    stream = KinesisStream(mode="ON_DEMAND")
    # quotas.csv: kinesis.ondemand_initial_write, default_value 4 MB/s.
    assert US.quota("kinesis.ondemand_initial_write") == 4

    at_start = run({"Stream": stream}, enter=("Stream", "put"), rps=6_000, values=EVEN, seconds=60)
    later = run({"Stream": stream}, enter=("Stream", "put"), rps=6_000, values=EVEN, seconds=3600)

    refused = at_start.count("Stream", "put", "refused") / (60 * 6_000)
    assert refused == pytest.approx(1 / 3, abs=0.08)
    assert later.count("Stream", "put", "refused") / (3600 * 6_000) < 0.05


def test_its_limits_are_those_of_its_mode() -> None:
    provisioned, growing = KinesisStream(shards=3), KinesisStream(mode="ON_DEMAND")

    (shard,) = provisioned.limits(US, make_place(provisioned))
    most, pace, hot = growing.limits(US, make_place(growing))

    assert (shard.id, shard.gauge, shard.capacity) == (
        "kinesis.shard_write_records",
        "shards",
        1_000,
    )
    assert shard.check_command == "aws kinesis describe-stream-summary --stream-name It"
    # quotas.csv: kinesis.ondemand_max_write 10 GB/s, kinesis.shard_write_bytes 1 MB/s.
    assert (most.id, most.gauge, most.capacity) == ("kinesis.ondemand_max_write", "units", 10)
    assert (pace.gauge, pace.capacity) == ("pace", US.quota("kinesis.ondemand_initial_write"))
    assert (hot.id, hot.gauge, hot.capacity) == ("kinesis.shard_write_bytes", "hot_key", 1)


def test_its_readers_are_limited_where_it_has_some() -> None:
    stream = KinesisStream(shards=3)
    place = make_place(stream, outbound=[link_to("invoke", parallelization=10)])

    _, readers = stream.limits(US, place)

    # quotas.csv: lambda.stream_parallelization_max, default_value 10 batches for a shard.
    assert US.quota(readers.id) == 10
    assert (readers.role, readers.gauge, readers.capacity) == ("read", "pollers", 30)


def test_the_size_of_a_record_is_asked_of_the_link_where_there_is_one() -> None:
    stream = KinesisStream()
    outside = stream.stages(US, make_place(stream, item_bytes=2048.0))[0].stages[0]
    linked = stream.stages(US, make_place(stream, inbound=[link_from("put")]))[0].stages[0]

    assert outside.rate_per_s == 500.0  # type: ignore[attr-defined]
    assert linked.rate_per_s == 1000.0  # type: ignore[attr-defined]


def test_it_bills_shards_by_the_hour_and_puts_by_25_kb() -> None:
    stream = KinesisStream(shards=2, retention_h=48)
    meters = Meters(passed={"put": 1e6}, bytes_in=1e6 * 30 * 1024, hours=730.0)

    bill = price_bill([("Stream", usage) for usage in stream.usage(meters)], US)

    # prices.csv: kinesis.shard_hour 0.015, put_units 0.000000014, ext_retention_shard_hour 0.02.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(1460 * 0.015 + 2e6 * 0.000000014 + 1460 * 0.02)


def test_long_retention_is_billed_by_size() -> None:
    stream = KinesisStream(retention_h=168 + 730)
    meters = Meters(passed={"put": 1e6}, bytes_in=100 * 2**30, hours=730.0)

    assert usage_of(stream, meters)["kinesis.long_retention_gb_month"].quantity == 100.0
    assert usage_of(KinesisStream(), meters)["kinesis.long_retention_gb_month"].quantity == 0.0


def test_it_bills_a_stream_on_demand_by_the_gigabyte() -> None:
    stream = KinesisStream(mode="ON_DEMAND")
    two_readers = make_place(stream, outbound=[link_to("invoke"), link_to("invoke")])
    meters = Meters(
        passed={"put": 2**20, "read": 2**20},
        bytes_in=2**20 * 512,
        hours=730.0,
        values=stream.billed(two_readers),
    )

    bill = price_bill([("Stream", usage) for usage in stream.usage(meters)], US)

    # prices.csv: kinesis.od.stream_hour 0.04, od.in_gb 0.08 (1 KB for each record of 512 bytes),
    # od.out_gb 0.04 for what each of the two reads.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(730 * 0.04 + 1.0 * 0.08 + 2 * 0.5 * 0.04)


def test_it_is_raised_to_the_shards_that_hold() -> None:
    stream = KinesisStream(shards=4)

    assert stream.raised(US, {("put", "shards"): 2.3}) == KinesisStream(shards=10)
    assert stream.raised(US, {("put", "shards"): 0.9}) is stream


def test_it_reads_templates() -> None:
    assert read_template(
        KinesisStream,
        "AWS::Kinesis::Stream",
        {
            "ShardCount": "3",
            "RetentionPeriodHours": 168,
            "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
        },
    ) == {"shards": 3, "retention_h": 168, "mode": "ON_DEMAND"}
    # quotas.csv: kinesis.retention_min, default_value 24 h.
    assert KinesisStream().retention_h == US.quota("kinesis.retention_min")
    with pytest.raises(InvalidSetting, match="Retention must be between 24 and 8,760 h, not 12"):
        KinesisStream(retention_h=12)


def test_it_bills_a_fan_out_for_every_consumer() -> None:
    stream = KinesisStream(shards=4, consumers=3)
    meters = Meters(passed={"put": 1e6}, bytes_in=10 * 2**30, hours=24.0)

    lines = usage_of(stream, meters)

    assert lines["kinesis.efo_consumer_shard_hour"].quantity == 4 * 3 * 24
    assert lines["kinesis.efo_gb"].quantity == 30.0
    assert "kinesis.efo_gb" not in usage_of(KinesisStream(), meters)
    on_demand = usage_of(KinesisStream(mode="ON_DEMAND", consumers=2), meters)
    assert on_demand["kinesis.od.efo_gb"].quantity == 20.0
    assert "kinesis.efo_consumer_shard_hour" not in on_demand


def test_a_consumer_with_a_fan_out_is_no_common_reader() -> None:
    meters = Meters(
        passed={"put": 2**20, "read": 2**20}, bytes_in=2**30, values={"readers": 2.0}, hours=1.0
    )

    lines = usage_of(KinesisStream(mode="ON_DEMAND", consumers=1), meters)

    assert lines["kinesis.od.out_gb"].quantity == 1.0


@pytest.mark.parametrize(("size_kb", "units"), [(1, 1), (25, 1), (25.1, 2), (45, 2), (1000, 40)])
def test_a_record_is_put_in_steps(size_kb: float, units: int) -> None:
    meters = Meters(passed={"put": 1e5}, bytes_in=1e5 * size_kb * 1024)

    assert usage_of(KinesisStream(), meters)["kinesis.put_units"].quantity == units * 1e5


def test_what_a_usage_file_gives_is_not_worked_out() -> None:
    given = {"put_units": 7.0, "long_retention_gb": 3.0, "extended_retention_gb": 2.0}
    meters = Meters(passed={"put": 1e6}, bytes_in=2**40, given=given)

    lines = usage_of(KinesisStream(retention_h=8760), meters)

    assert lines["kinesis.put_units"].quantity == 7.0
    assert lines["kinesis.long_retention_gb_month"].quantity == 3.0
    # AWS bills this by the shard-hour, which the retention says: by size it has no price.
    assert lines["kinesis.ext_retention_shard_hour"].quantity == 730.0
    assert US.price(lines["kinesis.ext_retention_gb"].price_id) is None
