"""Amazon Kinesis data stream, provisioned and on demand."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog import _kinesis_stream_bill as bill
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    COUNT,
    TEXT,
    Accepts,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.credits import Credits
from apps.engine.stages.queue import Queue
from apps.engine.stages.shards import Shards

STREAM = "AWS::Kinesis::Stream"
PROVISIONED, ON_DEMAND = "PROVISIONED", "ON_DEMAND"
RECORDS, RECORD_BYTES = "kinesis.shard_write_records", "kinesis.shard_write_bytes"
MOST, READERS = "kinesis.ondemand_max_write", "lambda.stream_parallelization_max"
READERS_URL = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"
# The unit is a record of 1 kB: a shard takes 1,000 records or 1 MB in a second.
BYTES_PER_UNIT = 1024.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KinesisStream(Kind):
    name: ClassVar[str] = "kinesis_stream"
    label: ClassVar[str] = "Kinesis stream"
    service: ClassVar[str] = "kinesis"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"
    )
    ENTRY: ClassVar[str] = "put"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(STREAM, "ShardCount", "shards", COUNT),
        Property(STREAM, "StreamModeDetails.StreamMode", "mode", TEXT),
        Property(STREAM, "RetentionPeriodHours", "retention_h", COUNT),
        Property(bill.TERRAFORM, "shard_count", "shards", COUNT),
        Property(bill.TERRAFORM, "stream_mode_details.0.stream_mode", "mode", TEXT),
        Property(bill.TERRAFORM, "retention_period", "retention_h", COUNT),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = bill.USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "put": Accepts("async", units=Spread(2.0, 1.0, 20.0, "A record of 2 kB", "kB"))
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Kinesis", "IncomingRecords", "Sum", "shards"),
        Metric("AWS/Kinesis", "IncomingBytes", "Sum", "units"),
        Metric("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "Maximum", "age"),
    )

    mode: str = setting(PROVISIONED, "Capacity", choices=(PROVISIONED, ON_DEMAND))
    shards: int = setting(1, "Shards", low=1, high=20_000)
    retention_h: int = setting(24, "Retention", unit="h", low=24, high=8760)
    consumers: int = setting(
        0, "Consumers with enhanced fan-out", low=0, high=50, hint="Each has a rate of its own."
    )

    @property
    def is_provisioned(self) -> bool:
        """Say whether its shards are set; else they follow the load."""
        return self.mode == PROVISIONED

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(15.0, up=3.0, rule="PutRecord", unit="ms"),
            "item_bytes": about(2000.0, down=0.4, up=10.0, rule="A record", unit="bytes"),
            "hot_key_share": Spread(0.05, 0.01, 1.0, "Share of the busiest partition key"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        door: Stage = self._shards(facts, place)
        if not self.is_provisioned:
            door = self._growing(facts, place)
        if not place.outbound:
            return (Lane("put", (door,), emits=False),)
        return (
            Lane("put", (door,), emits=False, sends_to="read"),
            Lane("read", (self._reading(facts, place),)),
        )

    def _units_each(self, place: Place) -> float:
        """Return the units of a record that comes from outside; links say those of their own."""
        return 1.0 if place.inbound else max(1.0, place.value("item_bytes") / BYTES_PER_UNIT)

    def _shards(self, facts: Facts, place: Place) -> Shards:
        return Shards(
            count=float(self.shards),
            rate_per_s=facts.quota(RECORDS) / self._units_each(place),
            hot_share=place.value("hot_key_share"),
            own_s=place.value("latency_ms") / 1000.0,
        )

    def _growing(self, facts: Facts, place: Place) -> Credits:
        """Return the capacity on demand, in records of 1 kB: 1,000 of them for a MB/s."""
        per_mb = facts.quota(RECORDS) / facts.quota(RECORD_BYTES) / self._units_each(place)
        return Credits(
            rate_per_s=facts.quota("kinesis.ondemand_initial_write") * per_mb,
            own_s=place.value("latency_ms") / 1000.0,
            hold_s=1.0,
            most_per_s=facts.quota(MOST) * 1000.0 * per_mb,
            hot_share=place.value("hot_key_share"),
            hot_per_s=facts.quota(RECORD_BYTES) * per_mb,
        )

    def _reading(self, facts: Facts, place: Place) -> Queue:
        said = place.outbound[0].settings
        each = float(said.get("parallelization") or 1)
        shards = float(self.shards)
        if not self.is_provisioned:
            # More shards come only with more records, so a shard's share of the work stays.
            first_mb_per_s = facts.quota("kinesis.ondemand_initial_write")
            shards = first_mb_per_s / facts.quota(RECORD_BYTES)
        return Queue(
            pollers=shards * each,
            first_pollers=shards * each,
            batch=float(said.get("batch") or 100),
            window_s=max(
                float(said.get("window_s") or 0.0), 1.0 / facts.quota("lambda.kinesis_poll_rate")
            ),
            hidden_s=1.0,
            keep_s=self.retention_h * 3600.0,
            is_ordered=True,
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        limits = self._shard_limits(facts, place)
        if not self.is_provisioned:
            limits = self._on_demand_limits(facts, place)
        return (*limits, self._reader_limit(facts, place)) if place.outbound else limits

    def _shard_limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return (
            quota_limit(
                facts,
                RECORDS,
                role="put",
                gauge="shards",
                label="records of the busiest shard, of 1 kB each",
                unit="records/s",
                effect="puts to that shard are throttled, which the SDK repeats",
                remedy="Add shards; where one key is busier than a shard, spread it over several.",
                check_command=_describe(place),
            ),
        )

    def _on_demand_limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return (
            quota_limit(
                facts,
                MOST,
                role="put",
                gauge="units",
                label="writing on demand",
                unit="GB/s",
                effect="puts are throttled, which the SDK repeats",
                remedy="Ask AWS for a higher quota of the stream, or write to several streams.",
                check_command=_describe(place),
            ),
            self._growth_limit(facts, place),
            quota_limit(
                facts,
                RECORD_BYTES,
                role="put",
                gauge="hot_key",
                label="writing with the busiest partition key",
                unit="MB/s",
                effect="puts with that key are throttled",
                remedy="Choose a partition key that spreads the records.",
                check_command=_describe(place),
            ),
        )

    def _growth_limit(self, facts: Facts, place: Place) -> Limit:
        growth = quota_limit(
            facts,
            "kinesis.ondemand_initial_write",
            role="put",
            gauge="pace",
            label="growth of writing on demand",
            unit="MB/s",
            effect="puts above twice the last peak are throttled",
            remedy="Begin the rush slowly, or provision shards before it.",
            check_command=_describe(place),
        )
        return dataclasses.replace(growth, grows=False)

    def _reader_limit(self, facts: Facts, place: Place) -> Limit:
        return quota_limit(
            facts,
            READERS,
            role="read",
            gauge="pollers",
            label="readers of the stream",
            capacity=self._reading(facts, place).pollers,
            unit="batches at once",
            effect="records are handled late",
            remedy="Raise the parallelization factor (up to 10), the batch size or the shards.",
            check_command="aws lambda list-event-source-mappings",
            source_url=READERS_URL,
        )

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> Kind:
        use = max(uses.get(("put", "shards"), 0.0), uses.get(("read", "pollers"), 0.0))
        if not self.is_provisioned or use <= 1.0:
            return self
        return dataclasses.replace(self, shards=min(20_000, math.ceil(self.shards * use)))

    def billed(self, place: Place) -> Mapping[str, float]:
        return {"readers": float(len(place.outbound))}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        stream = bill.Stream(self.shards, self.retention_h, self.consumers)
        if self.is_provisioned:
            return bill.provisioned(stream, meters)
        return bill.on_demand(stream, meters)


def _describe(place: Place) -> str:
    return f"aws kinesis describe-stream-summary --stream-name {place.id}"
