"""Amazon MSK: Kafka on brokers, or serverless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _msk_cluster_bill as bill
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
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
TERRAFORM, TF_SERVERLESS = "aws_msk_cluster", "aws_msk_serverless_cluster"
# Records taken in one hand-over, and how long they are collected, while a mapping is silent.
# https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
BATCH, WINDOW_S = 100.0, 0.5
# Kafka keeps records for a week. https://docs.aws.amazon.com/msk/latest/developerguide/msk-default-configuration.html
RETENTION_S = 7.0 * 86_400.0
_CFN_THROUGHPUT = "BrokerNodeGroupInfo.StorageInfo.EBSStorageInfo.ProvisionedThroughput"
_NODES = "broker_node_group_info.0"
_EBS = f"{_NODES}.storage_info.0.ebs_storage_info.0"
TIERED = Conversion(
    lambda value: str(value) == "TIERED", lambda value: "TIERED" if value else "LOCAL"
)


def _throughput(block: Any) -> int | None:
    """Return the throughput of a block of Terraform that switches it on."""
    if not isinstance(block, Mapping) or not FLAG.read(block.get("enabled", False)):
        return None
    return COUNT.read(block.get("volume_throughput", 0)) or None


TF_THROUGHPUT = Conversion(_throughput, lambda mibps: {"volume_throughput": mibps})


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
        Property(CLUSTER, f"{_CFN_THROUGHPUT}.VolumeThroughput", "throughput_mibps", COUNT),
        Property(CLUSTER, "StorageMode", "is_tiered", TIERED),
        Property(SERVERLESS, "", ""),
        Property(TERRAFORM, "number_of_broker_nodes", "brokers", COUNT),
        Property(TERRAFORM, f"{_NODES}.instance_type", "broker_class", TEXT),
        Property(TERRAFORM, f"{_EBS}.volume_size", "broker_storage_gb", COUNT),
        # The name before version 4 of Terraform's provider.
        Property(TERRAFORM, f"{_NODES}.ebs_volume_size", "broker_storage_gb", COUNT),
        Property(TERRAFORM, f"{_EBS}.provisioned_throughput.0", "throughput_mibps", TF_THROUGHPUT),
        Property(TERRAFORM, "storage_mode", "is_tiered", TIERED),
        Property(TF_SERVERLESS, "", ""),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        SERVERLESS: {"is_serverless": True},
        TF_SERVERLESS: {"is_serverless": True},
    }
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
    throughput_mibps: int = setting(
        0, "Provisioned throughput of a broker", unit="MiB/s", low=0, high=2375
    )
    is_tiered: bool = setting(False, "Tiered storage")

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
            return bill.serverless(RETENTION_S, meters)
        return bill.brokers(
            bill.Cluster(
                self.brokers,
                self.broker_class,
                self.broker_storage_gb,
                self.throughput_mibps,
                self.is_tiered,
            ),
            meters,
        )
