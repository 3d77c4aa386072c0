"""EMR cluster: region servers of HBase, and clusters that only run jobs."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.emr_cluster import CLUSTER, EmrCluster
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.graph import Link
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import (
    US,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)

HBASE = EmrCluster(core_type="r5.2xlarge", core_nodes=3)


def test_rows_are_served_by_the_processors_of_the_core_nodes() -> None:
    # A 2xlarge has 8 processors: 24 in all, and 4,800 rows of half a millisecond keep 2.4 busy.
    seen = run(
        {"Fn": LambdaFunction(), "Hbase": HBASE},
        [Link(source="Fn", target="Hbase", role="query", calls=48.0)],
        enter=("Fn", "invoke"),
        rps=100.0,
        units=0.0005,
    )

    assert seen.gauge("Hbase", "query", "servers").limit.capacity == 24
    assert seen.use("Hbase", "query", "servers") == pytest.approx(0.1)


def test_a_cluster_without_core_nodes_serves_from_its_primary() -> None:
    assert EmrCluster(core_nodes=0, primary_type="m5.4xlarge").vcpus == 16


def test_a_cluster_of_jobs_takes_them_on_and_says_that_its_limit_is_unknown() -> None:
    jobs = EmrCluster(has_hbase=False)

    assert jobs.has_unknown_limit
    assert not HBASE.has_unknown_limit
    assert jobs.limits(US, make_place(jobs)) == ()
    seen = run({"Jobs": jobs}, enter=("Jobs", "submit"), rps=1.0, seconds=60)
    assert seen.count("Jobs", "submit", "passed") == pytest.approx(60.0)


def test_nodes_are_billed_by_ec2_and_by_emr() -> None:
    lines = HBASE.usage(Meters())

    assert [(line.price_id, line.quantity) for line in lines] == [
        ("ec2.m5.xlarge.hour", 730),
        ("emr.m5.xlarge.hour", 730),
        ("ec2.r5.2xlarge.hour", 3 * 730),
        ("emr.r5.2xlarge.hour", 3 * 730),
    ]
    assert US.price("emr.m5.xlarge.hour") is None
    assert usage_of(EmrCluster(core_type="m5.large"), Meters()).keys() >= {"emr.m5.large.hour"}


def test_a_raised_cluster_has_more_core_nodes() -> None:
    assert HBASE.raised(US, {("query", "servers"): 2.0}).core_nodes == 8  # 6 nodes at 80 %
    assert HBASE.raised(US, {("query", "servers"): 0.5}) == HBASE


def test_it_reads_a_template() -> None:
    group = {"InstanceType": "r5.2xlarge", "InstanceCount": 3}
    settings = read_template(
        EmrCluster,
        CLUSTER,
        {
            "Applications": [{"Name": "Hadoop"}, {"Name": "HBase"}],
            "Instances": {"CoreInstanceGroup": group},
        },
    )

    assert make_kind("emr_cluster", **settings) == HBASE
    spark = read_template(EmrCluster, CLUSTER, {"Applications": [{"Name": "Spark"}]})
    assert spark == {"has_hbase": False} == EmrCluster.IMPLIED[CLUSTER]
    with pytest.raises(InvalidSetting, match="Type of the core nodes must be a type such as"):
        make_kind("emr_cluster", core_type="large")


def test_a_cluster_of_terraform_is_billed_by_its_groups() -> None:
    groups = {
        "master_instance_group": [{"instance_type": "m5.xlarge"}],
        "core_instance_group": [{"instance_type": "r5.xlarge", "instance_count": 2}],
    }

    found = billed("aws_emr_cluster", groups)

    assert found["emr.m5.xlarge.hour"] == 730
    assert found["ec2.r5.xlarge.hour"] == found["emr.r5.xlarge.hour"] == 2 * 730
