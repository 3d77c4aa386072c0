"""MSK: readers of a topic are bounded by its partitions, and brokers are billed by the hour."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.msk_cluster import MskCluster
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
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
from tests.engine.formats.templates import doors, read


def test_each_partition_has_one_reader() -> None:
    components = {"Kafka": MskCluster(), "F": make_kind("lambda_function", timeout_s=60.0)}
    reads = Link(source="Kafka", target="F", role="invoke", mode="stream", settings={"batch": 10})
    values = {"Kafka": {"partitions": 4.0}, "F": {"own_ms": 20.0}}

    seen = run(components, [reads], enter=("Kafka", "put"), rps=300.0, seconds=900, values=values)

    # 4 batches of 10 records of 20 ms: 4 / 0.02 = 200 records a second of 300.
    left = seen.count("Kafka", "read", "waiting")
    assert left == pytest.approx(100.0 * 900.0, rel=0.05)
    assert seen.use("Kafka", "read", "pollers") == pytest.approx(1.5, rel=0.05)


def test_its_readers_are_the_one_limit_that_is_known() -> None:
    place = make_place(MskCluster(), outbound=[link_to("invoke")])

    (limit,) = MskCluster().limits(US, place)

    assert (limit.id, limit.capacity) == ("msk.partitions", 12.0)
    assert MskCluster().has_unknown_limit
    assert MskCluster().limits(US, make_place(MskCluster())) == ()
    assert set(lanes_of(MskCluster())) == {"put"}


def test_brokers_and_their_disks_are_billed_used_or_not() -> None:
    lines = usage_of(MskCluster(brokers=3, broker_storage_gb=200), Meters())

    assert lines["msk.kafka.m5.large.hour"].quantity == 3 * 730.0
    assert lines["msk.storage_gb_month"].quantity == pytest.approx(600.0)


def test_serverless_is_billed_by_partitions_and_data() -> None:
    meters = Meters(bytes_in=2**30 * 100.0, values={"partitions": 6.0, "readers": 2.0})

    lines = usage_of(MskCluster(is_serverless=True), meters)

    assert lines["msk.serverless.partition_hour"].quantity == 6 * 730.0
    assert lines["msk.serverless.in_gb"].quantity == 100.0
    assert lines["msk.serverless.out_gb"].quantity == 200.0
    # A week of a month's 100 GB.
    assert lines["msk.serverless.storage_gb_month"].quantity == pytest.approx(100 * 168 / 730)


def test_it_reads_templates() -> None:
    properties = {
        "NumberOfBrokerNodes": 6,
        "BrokerNodeGroupInfo": {
            "InstanceType": "kafka.m7g.large",
            "StorageInfo": {"EBSStorageInfo": {"VolumeSize": 500}},
        },
    }

    assert read_template(MskCluster, "AWS::MSK::Cluster", properties) == {
        "brokers": 6,
        "broker_class": "kafka.m7g.large",
        "broker_storage_gb": 500,
    }


def test_functions_read_what_others_put() -> None:
    design = read(
        """
        Resources:
          Kafka: {Type: 'AWS::MSK::ServerlessCluster', Properties: {ClusterName: events}}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Events:
                Read: {Type: MSK, Properties: {Stream: !GetAtt Kafka.Arn, Topics: [orders]}}
        """
    )

    assert doors(design) == {("Kafka", "F", "invoke", "stream")}
    assert design.component("Kafka").settings == {"is_serverless": True}


def test_throughput_and_tiers_are_billed_where_they_are_chosen() -> None:
    cluster = MskCluster(brokers=3, throughput_mibps=250, is_tiered=True)

    lines = usage_of(cluster, Meters(given={"tiered_gb_month": 500.0, "tiered_read_gb": 10.0}))

    assert lines["msk.throughput_mbps_month"].quantity == 750
    assert lines["msk.tiered_gb_month"].quantity == 500
    assert lines["msk.tiered_read_gb"].quantity == 10


def test_express_brokers_are_billed_by_what_is_written_and_kept() -> None:
    cluster = MskCluster(brokers=3, broker_class="express.m7g.large")

    lines = usage_of(cluster, Meters(bytes_in=2**30 * 100.0, stored_gb=40.0))

    assert {name: line.quantity for name, line in lines.items()} == {
        "msk.express.m7g.large.hour": 2190,
        "msk.express.in_gb": 100,
        "msk.express.storage_gb_month": 40,
    }


def test_it_reads_terraform() -> None:
    disk = {
        "volume_size": 500,
        "provisioned_throughput": [{"enabled": True, "volume_throughput": 250}],
    }
    nodes = {
        "instance_type": "kafka.m7g.large",
        "storage_info": [{"ebs_storage_info": [disk]}],
    }
    attributes = {"number_of_broker_nodes": 6, "broker_node_group_info": [nodes]}

    assert settings_of(MskCluster, "aws_msk_cluster", attributes) == {
        "brokers": 6,
        "broker_class": "kafka.m7g.large",
        "broker_storage_gb": 500,
        "throughput_mibps": 250,
    }
    assert settings_of(MskCluster, "aws_msk_serverless_cluster", {}) == {"is_serverless": True}
