"""OpenSearch domain: processors that search and index, room for the index, bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.opensearch_domain import DOMAIN, OLDER, OpensearchDomain
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import (
    US,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def test_searches_and_documents_share_the_processors() -> None:
    domain = OpensearchDomain(instance_type="m6g.large.search", nodes=2)

    seen = run(
        {"Fn": LambdaFunction(), "Search": domain},
        [
            Link(source="Fn", target="Search", role="search", calls=2.0),
            Link(source="Fn", target="Search", role="index", calls=1.0),
        ],
        enter=("Fn", "invoke"),
        rps=50.0,
        units=0.01,
    )

    # 150 requests a second of 10 ms keep 1.5 of 4 processors busy.
    assert seen.use("Search", "work", "servers") == pytest.approx(1.5 / 4)


def test_more_than_a_thousand_waiting_on_a_node_are_refused() -> None:
    domain = OpensearchDomain(instance_type="m6g.large.search", nodes=1)

    seen = run(
        {"Fn": LambdaFunction(timeout_s=900), "Search": domain},
        [Link(source="Fn", target="Search", role="search", calls=1.0)],
        enter=("Fn", "invoke"),
        rps=400.0,
        units=0.01,
        seconds=120,
    )

    # 400 come and 200 are searched a second; a thousand wait, and the others are refused.
    port = seen.at("Search", "work").port
    assert seen.model.v[port.waiting] == pytest.approx(1000.0)
    assert seen.count("Search", "work", "refused") > 0.0


def test_the_room_is_what_copies_overhead_and_free_space_leave() -> None:
    # 3 nodes × 100 GiB × 75 % / 2 copies / 1.1.
    domain = OpensearchDomain(nodes=3, storage_gb=100)
    place = make_place(domain, grows_gb=1e-6, keep_days=365.0)

    (storage,) = (item for item in domain.limits(US, place) if item.gauge == "storage")

    assert storage.capacity == pytest.approx(3 * 100 * 0.75 / 2 / 1.1)
    assert storage.label == "storage after 365 days"
    assert len(domain.limits(US, make_place(domain))) == 1


def test_the_bill_has_nodes_managers_and_volumes() -> None:
    # prices.csv: m6g.large.search 0.128, gp2 0.135 (us-east-1).
    domain = OpensearchDomain(nodes=2, has_masters=True, storage_gb=50, storage_type="gp2")

    lines = domain.usage(Meters())

    assert [line.quantity for line in lines] == [2 * 730, 3 * 730, 100]
    bill = price_bill([("Search", line) for line in lines], US)
    assert float(bill.monthly_usd) == pytest.approx(5 * 730 * 0.128 + 100 * 0.135)


def test_a_raised_domain_has_more_nodes_or_larger_volumes() -> None:
    domain = OpensearchDomain(nodes=2, storage_gb=100)

    assert domain.raised(US, {("work", "servers"): 1.6}).nodes == 4
    assert domain.raised(US, {("index", "storage"): 2.0}).storage_gb == 200
    assert domain.raised(US, {("work", "servers"): 0.9}) == domain


def test_it_reads_both_types_of_templates() -> None:
    new = read_template(
        OpensearchDomain,
        DOMAIN,
        {
            "ClusterConfig": {"InstanceType": "r6g.large.search", "InstanceCount": 3},
            "EBSOptions": {"VolumeSize": 100, "VolumeType": "gp3"},
        },
    )
    old = read_template(
        OpensearchDomain,
        OLDER,
        {"ElasticsearchClusterConfig": {"InstanceType": "m5.large.elasticsearch"}},
    )

    assert make_kind("opensearch_domain", **new) == OpensearchDomain(
        instance_type="r6g.large.search", nodes=3, storage_gb=100
    )
    assert old == {"instance_type": "m5.large.search"}
    assert usage_of(make_kind("opensearch_domain", **old), Meters()).keys() >= {
        "opensearch.m5.large.search.hour"
    }
    with pytest.raises(InvalidSetting, match="Instance type must be a type such as"):
        make_kind("opensearch_domain", instance_type="large")


def test_every_data_node_has_a_volume() -> None:
    attributes = {
        "cluster_config": [{"instance_type": "m6g.large.search", "instance_count": 3}],
        "ebs_options": [
            {"ebs_enabled": True, "volume_size": 100, "volume_type": "io1", "iops": 50}
        ],
    }

    found = billed("aws_opensearch_domain", attributes)

    assert found["opensearch.m6g.large.search.hour"] == 3 * 730
    assert found["opensearch.io1_gb_month"] == 300
    assert found["opensearch.io1_iops"] == 150


@pytest.mark.parametrize(
    ("size_gb", "throughput", "iops", "billed_mib_s", "billed_iops"),
    [
        (170, 125, 3000, 0, 0),
        (170, 126, 3001, 1, 1),
        (171, 250, 3000, 0, 0),
        (3072, 251, 9216, 1, 0),
        (3073, 500, 9220, 0, 1),
    ],
)
def test_a_gp3_volume_has_some_of_both_for_nothing(
    size_gb: int, throughput: int, iops: int, billed_mib_s: int, billed_iops: int
) -> None:
    domain = OpensearchDomain(storage_gb=size_gb, throughput_mib_s=throughput, iops=iops)

    lines = {price: line.quantity for price, line in usage_of(domain, Meters()).items()}

    assert lines.get("opensearch.gp3_throughput", 0) == billed_mib_s
    assert lines.get("opensearch.gp3_iops", 0) == billed_iops


def test_masters_and_warm_nodes_are_billed_and_disks_of_instances_are_not() -> None:
    cluster = {
        "instance_type": "i3.large.elasticsearch",
        "dedicated_master_enabled": True,
        "dedicated_master_type": "m5.large.elasticsearch",
        "dedicated_master_count": 1,
        "warm_enabled": True,
        "warm_type": "ultrawarm1.large.elasticsearch",
        "warm_count": 2,
    }

    assert billed("aws_elasticsearch_domain", {"cluster_config": [cluster]}) == {
        "opensearch.i3.large.search.hour": 730,
        "opensearch.m5.large.search.hour": 730,
        "opensearch.ultrawarm1.large.search.hour": 2 * 730,
    }


def test_nodes_can_be_reserved() -> None:
    domain = OpensearchDomain(nodes=2, committed_years=3, payment="partial upfront")

    lines = usage_of(domain, Meters())

    reserved = "opensearch.m6g.large.search.hour.reserved_3y_partial"
    assert lines[reserved].quantity == 2 * 730
    assert lines[f"{reserved}.upfront"].quantity == pytest.approx(2 / 36)
