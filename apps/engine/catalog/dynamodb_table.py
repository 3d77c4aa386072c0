"""Amazon DynamoDB table, on demand and provisioned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _dynamodb_table_bill as bill
from apps.engine.catalog._table_capacity import (
    SMALLEST_INDEX,
    TARGET_PERCENT,
    global_rows,
    limits_of,
    tracking_of,
)
from apps.engine.catalog.base import (
    COUNT,
    LENGTH,
    PRESENT,
    TEXT,
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Scanned,
    Spread,
    Usage,
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.credits import Credits
from apps.engine.stages.queue import Queue

TABLE, SIMPLE = "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable"
# A simple table is provisioned as soon as its template states a throughput.
PROVISIONED = Conversion(lambda _: "PROVISIONED", str)
# A stream has one shard for each partition; without measurements, four.
STREAM_SHARDS = 4.0
STREAM_URL = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"
# One write unit covers 1 kB, one read unit 4 kB, half of it read eventually consistent.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
WRITE_UNITS = Spread(1.0, 1.0, 8.0, "An item of 1 kB", "WCU")
READ_UNITS = Spread(0.5, 0.5, 4.0, "An item of 2 kB, eventually consistent", "RCU")

# A page of 1 MB in blocks of 4 kB, each half a unit as it is read eventually consistent.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
UNITS_PER_MB = 128.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamodbTable(Kind):
    name: ClassVar[str] = "dynamodb_table"
    label: ClassVar[str] = "DynamoDB table"
    service: ClassVar[str] = "dynamodb"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"
    )
    ENTRY: ClassVar[str] = "write"
    STORES: ClassVar[tuple[str, ...]] = ("write",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        *bill.TEMPLATE,
        Property(TABLE, "BillingMode", "billing_mode", TEXT),
        Property(TABLE, "ProvisionedThroughput.ReadCapacityUnits", "read_capacity", COUNT),
        Property(TABLE, "ProvisionedThroughput.WriteCapacityUnits", "write_capacity", COUNT),
        Property(TABLE, "StreamSpecification.StreamViewType", "has_stream", PRESENT),
        Property(TABLE, "GlobalSecondaryIndexes", "indexes", LENGTH),
        Property(TABLE, "GlobalSecondaryIndexes", "index_write_capacity", SMALLEST_INDEX),
        *bill.rows(TABLE),
        *global_rows("Read", "read"),
        *global_rows("Write", "write"),
        Property(SIMPLE, "ProvisionedThroughput", "billing_mode", PROVISIONED),
        Property(SIMPLE, "ProvisionedThroughput.ReadCapacityUnits", "read_capacity", COUNT),
        Property(SIMPLE, "ProvisionedThroughput.WriteCapacityUnits", "write_capacity", COUNT),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        TABLE: {"billing_mode": "PROVISIONED"},
        bill.TERRAFORM: {"billing_mode": "PROVISIONED"},
    }
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = bill.USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "read": Accepts("sync", units=READ_UNITS),
        "write": Accepts("sync", units=WRITE_UNITS),
    }
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "dynamodb",
            "dynamodb:table:ReadCapacityUnits",
            "DynamoDBReadCapacityUtilization",
            1,
            40_000,
        ),
        ScalingOption(
            "dynamodb",
            "dynamodb:table:WriteCapacityUnits",
            "DynamoDBWriteCapacityUtilization",
            1,
            40_000,
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "Sum", "units"),
        Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", "Sum", "units"),
    )

    billing_mode: str = setting(
        "PAY_PER_REQUEST", "Capacity", choices=("PAY_PER_REQUEST", "PROVISIONED")
    )
    read_capacity: int = setting(5, "Read capacity", unit="RCU", low=1, high=1_000_000)
    write_capacity: int = setting(5, "Write capacity", unit="WCU", low=1, high=1_000_000)
    has_stream: bool = setting(False, "Stream")
    indexes: int = setting(0, "Global secondary indexes", low=0, high=20)
    index_write_capacity: int | None = setting(
        None,
        "Write capacity of the smallest index",
        unit="WCU",
        low=1,
        high=1_000_000,
        hint="A throttled index throttles the writes of its table.",
    )
    indexes_write_capacity: int = setting(
        0, "Write capacity of all indexes", unit="WCU", low=0, high=1_000_000
    )
    indexes_read_capacity: int = setting(
        0, "Read capacity of all indexes", unit="RCU", low=0, high=1_000_000
    )
    is_infrequent: bool = setting(
        False, "Standard-IA table class", hint="Storage costs less, and requests cost more."
    )
    has_pitr: bool = setting(False, "Point-in-time recovery")
    replica_regions: str = setting(
        "", "Replicas in Regions", hint="Of a global table, such as eu-west-1, us-west-2."
    )
    read_minimum: int | None = setting(
        None,
        "Least read capacity",
        unit="RCU",
        low=1,
        high=1_000_000,
        hint="Empty: as provisioned.",
    )
    read_maximum: int | None = setting(
        None, "Most read capacity", unit="RCU", low=1, high=1_000_000, hint="Empty: not scaled."
    )
    read_target_percent: float = setting(
        TARGET_PERCENT, "Target of reads", unit="%", low=20, high=90
    )
    write_minimum: int | None = setting(
        None,
        "Least write capacity",
        unit="WCU",
        low=1,
        high=1_000_000,
        hint="Empty: as provisioned.",
    )
    write_maximum: int | None = setting(
        None, "Most write capacity", unit="WCU", low=1, high=1_000_000, hint="Empty: not scaled."
    )
    write_target_percent: float = setting(
        TARGET_PERCENT, "Target of writes", unit="%", low=20, high=90
    )

    @property
    def is_provisioned(self) -> bool:
        """Say whether capacity is bought ahead; else it is on demand."""
        return self.billing_mode == "PROVISIONED"

    def provisioned(self, role: str) -> float:
        """Return the capacity that is provisioned; writes end where an index's end. [units/s]

        Parameters
        ----------
        role : str
            read or write.

        Returns
        -------
        float
            Capacity. [RCU or WCU]
        """
        if role == "read":
            return float(self.read_capacity)
        index = self.index_write_capacity
        return float(self.write_capacity if index is None else min(self.write_capacity, index))

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(5.0, up=3.0, rule="One call", unit="ms"),
            "hot_key_share": Spread(0.05, 0.01, 1.0, "Share of the busiest key"),
            "stored_gb": about(1.0, down=0.1, up=20.0, rule="Stored", unit="GB"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        streams = bool(place.outbound)
        lanes = (
            Lane("read", (self._credits(facts, place, "read"),), emits=False),
            Lane(
                "write",
                (self._credits(facts, place, "write"),),
                emits=False,
                sends_to="stream" if streams else "",
            ),
        )
        return (*lanes, Lane("stream", (self._stream(facts, place),))) if streams else lanes

    def _credits(self, facts: Facts, place: Place, role: str) -> Credits:
        letter = role[0]
        rate = facts.quota(f"dynamodb.ondemand_initial_{letter}ps")
        most = facts.quota(f"dynamodb.table_{letter}cu")
        tracking = tracking_of(facts, self, role)
        if self.is_provisioned:
            rate = tracking.minimum if tracking else self.provisioned(role)
            most = tracking.maximum if tracking else 0.0
        return Credits(
            rate_per_s=rate,
            own_s=place.value("latency_ms") / 1000.0,
            hold_s=facts.quota("dynamodb.burst_seconds"),
            most_per_s=most,
            tracking=tracking,
            hot_share=place.values.get(f"hot_{role}_share", place.value("hot_key_share")),
            hot_per_s=facts.quota(f"dynamodb.partition_{letter}cu"),
        )

    def _stream(self, facts: Facts, place: Place) -> Queue:
        link = place.outbound[0]
        at_once = STREAM_SHARDS * float(link.settings.get("parallelization") or 1)
        return Queue(
            pollers=at_once,
            first_pollers=at_once,
            batch=float(link.settings.get("batch") or 100),
            window_s=max(
                float(link.settings.get("window_s") or 0.0),
                1.0 / facts.quota("lambda.ddbstream_poll_rate"),
            ),
            hidden_s=1.0,
            keep_s=facts.quota("dynamodb.stream_retention") * 3600.0,
            is_ordered=True,
        )

    def scanned(
        self, facts: Facts, values: Mapping[str, float], *, on_replica: bool
    ) -> Scanned | None:
        if on_replica:
            return None
        quota = "dynamodb.table_rcu"
        most = float(self.read_capacity) if self.is_provisioned else facts.quota(quota)
        one = min(facts.quota("dynamodb.partition_rcu"), most)
        return Scanned("read", 1.0, UNITS_PER_MB, one / UNITS_PER_MB, most / UNITS_PER_MB)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        limits = [x for role in ("read", "write") for x in limits_of(facts, self, role)]
        if place.outbound:
            limits.append(self._stream_limit(facts, place))
        return tuple(limits)

    def _stream_limit(self, facts: Facts, place: Place) -> Limit:
        row = facts.quota_row("lambda.ddbstream_poll_rate")
        return Limit(
            id=row.id,
            role="stream",
            gauge="pollers",
            label="readers of the stream",
            capacity=self._stream(facts, place).pollers,
            unit="batches at once",
            effect="records are handled late",
            remedy="Raise the parallelization factor or the batch size.",
            source_url=STREAM_URL,
            is_adjustable=True,
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(bill.lines(self, meters))
