"""DocumentDB cluster: connections by memory, processors, change streams, bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.documentdb_cluster import CLUSTER, MEMBER, DocumentdbCluster
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.graph import Link
from apps.engine.stages.queue import Queue
from apps.engine.stages.station import Station
from tests.engine.catalog.billing import billed
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


def station_of(cluster: DocumentdbCluster) -> Station:
    (station,) = lanes_of(cluster)["query"].stages
    assert isinstance(station, Station)
    return station


def test_a_serverless_cluster_has_250_connections_for_each_gib() -> None:
    # docdb-serverless-instance-limits: 16 DCU 32 GiB 8,000 connections, 128 DCU and more 60,000.
    small = DocumentdbCluster(instance_class="db.serverless", max_dcu=16)
    large = DocumentdbCluster(instance_class="db.serverless", max_dcu=256)

    assert station_of(small).connections == 8000
    assert station_of(large).connections == 60_000
    assert station_of(small).servers == 4  # a processor beside 8 GiB, which are 4 DCU


def test_a_class_is_taken_to_have_half_of_that_and_says_so() -> None:
    # instance_classes.csv: db.r6g.large 2 vCPU and 16 GiB.
    cluster = DocumentdbCluster(instance_class="db.r6g.large")

    spread = cluster.assumed(US)["max_connections"]
    assert (spread.expected, spread.high) == (2000, 4000)
    assert "Half of what a serverless instance with 16 GiB takes" in spread.rule
    assert station_of(cluster).servers == 2


def test_replicas_carry_what_is_read_from_them() -> None:
    cluster = DocumentdbCluster(readers=2)

    half = make_place(cluster, reader_share=0.5)
    (station,) = lanes_of(cluster, half)["query"].stages

    assert isinstance(station, Station)
    assert station.servers == 4  # the primary keeps half of the queries, the replicas share one
    assert station_of(DocumentdbCluster(readers=2)).servers == 2


def test_queries_fill_the_processors() -> None:
    call = Link(source="Fn", target="Docs", role="query", calls=5.0)

    seen = run(
        {"Fn": LambdaFunction(), "Docs": DocumentdbCluster()},
        [call],
        enter=("Fn", "invoke"),
        rps=200.0,
        units=0.001,
    )

    assert seen.use("Docs", "query", "servers") == pytest.approx(200 * 5 * 0.001 / 2)
    assert seen.count("Docs", "query", "refused") == 0.0


def test_a_change_stream_has_one_reader() -> None:
    cluster = DocumentdbCluster()
    place = make_place(cluster, outbound=[link_to("invoke", batch=50)])

    lanes = lanes_of(cluster, place)
    (stream,) = lanes["stream"].stages

    assert isinstance(stream, Queue)
    assert (stream.pollers, stream.batch) == (1, 50)
    assert lanes["query"].sends_to == "stream"
    assert {limit.gauge for limit in cluster.limits(US, place)} >= {"pollers"}


def test_the_bill_has_its_instances_and_lacks_their_prices() -> None:
    lines = usage_of(
        DocumentdbCluster(instance_class="db.r6g.large", readers=1, backup_days=5),
        Meters(
            passed={"query": 1e6},
            stored_gb=100.0,
            values={"ios_per_query": 0.2, "daily_change_share": 0.02},
        ),
    )

    assert lines["docdb.db.r6g.large.hour"].quantity == 2 * 730
    assert lines["docdb.io_request"].quantity == 200_000
    assert lines["docdb.backup_gb_month"].quantity == pytest.approx(100 * 0.02 * 5)
    assert US.price("docdb.db.r6g.large.hour") is None


def test_a_serverless_bill_follows_the_processors_in_use() -> None:
    cluster = DocumentdbCluster(instance_class="db.serverless", min_dcu=0.5, max_dcu=8)

    idle = usage_of(cluster, Meters())["docdb.dcu_hour"].quantity
    busy = usage_of(cluster, Meters(units={"query": 1000 * 3600.0}))["docdb.dcu_hour"].quantity

    assert idle == 0.5 * 730
    assert busy == 4000  # 1,000 hours of a processor, 4 DCU each


def test_a_raised_cluster_takes_the_smallest_class_that_holds() -> None:
    cluster = DocumentdbCluster(instance_class="db.r6g.large")

    assert cluster.raised(US, {("query", "servers"): 1.5}).instance_class == "db.r6g.xlarge"
    assert cluster.raised(US, {("query", "connections"): 3.0}).instance_class == "db.r6g.2xlarge"
    assert cluster.raised(US, {("query", "servers"): 0.5}) == cluster


def test_it_reads_a_template() -> None:
    cluster = read_template(
        DocumentdbCluster,
        CLUSTER,
        {
            "StorageType": "iopt1",
            "BackupRetentionPeriod": 5,
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 1, "MaxCapacity": 32},
        },
    )
    member = read_template(DocumentdbCluster, MEMBER, {"DBInstanceClass": "db.t3.medium"})

    assert cluster == {"is_io_optimized": True, "backup_days": 5, "min_dcu": 1, "max_dcu": 32}
    assert member == {"instance_class": "db.t3.medium"}
    with pytest.raises(InvalidSetting, match="must be a class such as"):
        make_kind("documentdb_cluster", instance_class="t3")


def test_a_cluster_of_terraform_is_billed_without_its_instances() -> None:
    cluster = billed(
        "aws_docdb_cluster", {"backup_retention_period": 5}, {"backup_storage_gb": 100}
    )
    snapshot = billed("aws_docdb_cluster_snapshot", {}, {"backup_storage_gb": 7})

    assert cluster["docdb.backup_gb_month"] == 100
    assert snapshot["docdb.backup_gb_month"] == 7
    assert not [price_id for price_id in cluster | snapshot if price_id.endswith(".hour")]


def test_an_instance_has_its_hours_and_what_a_usage_file_says() -> None:
    usage = {"data_storage_gb": 10, "monthly_io_requests": 2e6, "monthly_cpu_credit_hrs": 3}

    found = billed("aws_docdb_cluster_instance", {"instance_class": "db.t3.medium"}, usage)

    assert found["docdb.db.t3.medium.hour"] == 730
    assert found["docdb.storage_gb_month"] == 10
    assert found["docdb.io_request"] == 2e6
    assert found["docdb.cpu_credits.t3"] == 3


def test_a_burstable_instance_pays_for_what_it_uses_above_its_baseline() -> None:
    cluster = DocumentdbCluster(instance_class="db.t4g.medium")
    hours = 730.0

    idle = usage_of(cluster, Meters(units={"query": 0.1 * hours * 3600}))
    busy = usage_of(cluster, Meters(units={"query": 1.4 * hours * 3600}))

    assert idle["docdb.cpu_credits.t4g"].quantity == 0.0
    # A medium instance earns 20 % of each of its two processors.
    assert busy["docdb.cpu_credits.t4g"].quantity == pytest.approx(1.0 * hours)
    assert "docdb.cpu_credits.r6g" not in usage_of(DocumentdbCluster(), Meters())
