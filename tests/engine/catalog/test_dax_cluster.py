"""DAX cluster: hits stay, misses read the table, writes pass on."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.dax_cluster import CLUSTER, READ_CPU_S, DaxCluster
from apps.engine.catalog.dynamodb_table import DynamodbTable
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.graph import Link
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import (
    US,
    Run,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def run_dax(cluster: DaxCluster, **values: float) -> Run:
    return run(
        {"Fn": LambdaFunction(), "Dax": cluster, "Table": DynamodbTable()},
        [
            Link(source="Fn", target="Dax", role="read", calls=10.0),
            Link(source="Fn", target="Dax", role="write", calls=1.0),
            Link(source="Dax", target="Table", role="read"),
            Link(source="Dax", target="Table", role="write"),
        ],
        enter=("Fn", "invoke"),
        rps=10.0,
        values={"Dax": values},
        units=0.0001,
    )


def test_the_table_is_read_for_what_is_missed_and_written_every_time() -> None:
    seen = run_dax(DaxCluster(), hit_share=0.9)

    reads, writes = (seen.count("Table", role, "offered") for role in ("read", "write"))
    assert reads == pytest.approx(0.1 * 10 * 10 * 600, rel=0.01)
    assert writes == pytest.approx(10 * 600, rel=0.01)


def test_items_that_do_not_fit_are_evicted_and_read_from_the_table() -> None:
    # A node with 2 GiB holds a sixteenth of 32 GB; by Zipf's law half of the hits remain.
    small = DaxCluster(node_type="dax.t3.small")

    assert small.hit_share(make_place(small, working_gb=32.0, hit_share=0.9)) == pytest.approx(0.45)
    assert small.hit_share(make_place(small, working_gb=1.0, hit_share=0.9)) == 0.9


def test_every_node_reads_and_the_primary_writes() -> None:
    limits = {
        (limit.role, limit.gauge): limit.capacity
        for limit in DaxCluster(nodes=3).limits(US, make_place(DaxCluster(nodes=3)))
    }

    # An r5.large has 2 processors; a node takes 40,000 connections.
    assert limits == {
        ("read", "connections"): 120_000,
        ("read", "servers"): 6,
        ("write", "servers"): 2,
    }


def test_a_miss_costs_ten_hits_and_a_write_25() -> None:
    assert pytest.approx(0.00003 * (0.9 + 0.1 * 10)) == READ_CPU_S
    assert DaxCluster.ACCEPTS["write"].units.expected == pytest.approx(0.00003 * 25)


def test_nodes_are_billed_by_the_hour_without_a_price() -> None:
    lines = usage_of(DaxCluster(nodes=3), Meters())

    assert lines["dax.r5.large.hour"].quantity == 3 * 730
    assert US.price("dax.r5.large.hour") is None


def test_a_raised_cluster_has_more_nodes_up_to_eleven() -> None:
    # quotas.csv: dynamodb.dax_nodes 11.
    assert DaxCluster().raised(US, {("read", "servers"): 2.0}).nodes == 3
    assert DaxCluster().raised(US, {("read", "servers"): 50.0}).nodes == 11


def test_it_reads_a_template() -> None:
    settings = read_template(
        DaxCluster, CLUSTER, {"NodeType": "dax.t3.small", "ReplicationFactor": 3}
    )

    assert make_kind("dax_cluster", **settings) == DaxCluster(node_type="dax.t3.small", nodes=3)
    with pytest.raises(InvalidSetting, match="Nodes must be between 1 and 11"):
        make_kind("dax_cluster", nodes=12)


def test_a_cluster_of_terraform_is_billed_by_its_nodes() -> None:
    attributes = {"node_type": "dax.r5.xlarge", "replication_factor": 3}

    assert billed("aws_dax_cluster", attributes) == {"dax.r5.xlarge.hour": 3 * 730}
