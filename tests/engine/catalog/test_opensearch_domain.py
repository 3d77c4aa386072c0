"""OpenSearch domain: processors that search and index, room for the index, bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.opensearch_domain import DOMAIN, OLDER, OpensearchDomain
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
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
