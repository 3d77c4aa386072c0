"""Amazon MSK: Kafka on brokers, or serverless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog.base import (
    COUNT,
    Accepts,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay
from apps.engine.stages.queue import Queue

CLUSTER, SERVERLESS = "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster"
BYTES_PER_GB = 2**30
# Records taken in one hand-over, and how long they are collected, while a mapping is silent.
# https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
BATCH, WINDOW_S = 100.0, 0.5
# Kafka keeps records for a week. https://docs.aws.amazon.com/msk/latest/developerguide/msk-default-configuration.html
RETENTION_S = 7.0 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MskCluster(Kind):
    """What a broker takes depends on its class, records and replicas; AWS states no quota of it.

    A consumer group has at most one reader for each partition of its topic.
    """

    name: ClassVar[str] = "msk_cluster"
    label: ClassVar[str] = "MSK cluster"
    service: ClassVar[str] = "msk"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/msk/latest/developerguide/limits.html"
    ENTRY: ClassVar[str] = "put"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(CLUSTER, "NumberOfBrokerNodes", "brokers", COUNT),
        Property(CLUSTER, "BrokerNodeGroupInfo.InstanceType", "broker_class"),
        Property(
            CLUSTER,
            "BrokerNodeGroupInfo.StorageInfo.EBSStorageInfo.VolumeSize",
            "broker_storage_gb",
            COUNT,
        ),
        Property(SERVERLESS, "", ""),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {SERVERLESS: {"is_serverless": True}}
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"put": Accepts("async")}
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "kafka",
            "kafka:broker-storage:VolumeSize",
            "KafkaBrokerStorageUtilization",
            1,
            16_384,
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Kafka", "MessagesInPerSec", "Average", "rate"),
        Metric("AWS/Kafka", "CpuUser", "Average", "servers"),
        Metric("AWS/Kafka", "MaxOffsetLag", "Maximum", "age"),
    )

    is_serverless: bool = setting(False, "Serverless")
    brokers: int = setting(3, "Brokers", low=1, high=90)
    broker_class: str = setting("kafka.m5.large", "Broker class")
    broker_storage_gb: int = setting(100, "Storage of a broker", unit="GiB", low=1, high=16_384)

    @property
    def has_unknown_limit(self) -> bool:
        return True

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(10.0, up=5.0, rule="A record, acknowledged by all", unit="ms"),
            "item_bytes": about(2000.0, down=0.4, up=10.0, rule="A record", unit="bytes"),
            "partitions": Spread(12.0, 3.0, 100.0, "Topics are not part of a template"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        door = Delay(place.value("latency_ms") / 1000.0)
        if not place.outbound:
            return (Lane("put", (door,), emits=False),)
        return (
            Lane("put", (door,), emits=False, sends_to="read"),
            Lane("read", (self._reading(place),)),
        )

    def _reading(self, place: Place) -> Queue:
        said = place.outbound[0].settings
        readers = max(1.0, place.value("partitions"))
        return Queue(
            pollers=readers,
            first_pollers=readers,
            batch=float(said.get("batch") or BATCH),
            window_s=float(said.get("window_s") or WINDOW_S),
            hidden_s=1.0,
            keep_s=RETENTION_S,
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        if not place.outbound:
            return ()
        return (
            Limit(
                id="msk.partitions",
                role="read",
                gauge="pollers",
                label="readers of a topic, one for each partition",
                capacity=max(1.0, place.value("partitions")),
                unit="batches at once",
                effect="records are handled late",
                remedy="Give the topic more partitions, or raise the batch size.",
                source_url="https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html",
                is_adjustable=True,
                check_command="kafka-topics.sh --describe --bootstrap-server <brokers>",
            ),
        )

    def billed(self, place: Place) -> Mapping[str, float]:
        return {"partitions": place.value("partitions"), "readers": float(len(place.outbound))}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        if self.is_serverless:
            return self._serverless_usage(meters)
        gigabytes = self.brokers * self.broker_storage_gb * meters.hours / 730.0
        return (
            Usage(
                f"msk.{self.broker_class}.hour",
                f"Brokers ({self.broker_class})",
                "hour",
                self.brokers * meters.hours,
            ),
            Usage("msk.storage_gb_month", "Storage of the brokers", "GB-month", gigabytes),
        )

    def _serverless_usage(self, meters: Meters) -> tuple[Usage, ...]:
        taken_gb = meters.bytes_in / BYTES_PER_GB
        partitions = meters.values.get("partitions", 1.0)
        readers = meters.values.get("readers", 1.0)
        # A week of records lies there on average.
        kept_gb = taken_gb * RETENTION_S / 3600.0 / meters.hours
        return (
            Usage("msk.serverless.cluster_hour", "Cluster", "hour", meters.hours),
            Usage("msk.serverless.partition_hour", "Partitions", "hour", partitions * meters.hours),
            Usage("msk.serverless.in_gb", "Data in", "GB", taken_gb),
            Usage("msk.serverless.out_gb", "Data out", "GB", taken_gb * readers, "To every reader"),
            Usage("msk.serverless.storage_gb_month", "Storage", "GB-month", kept_gb),
        )
