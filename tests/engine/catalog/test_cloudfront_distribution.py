"""CloudFront: what the edge answers, what it lets through, what it sends."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog import cloudfront_distribution
from apps.engine.catalog.base import Meters
from apps.engine.catalog.cloudfront_distribution import CloudfrontDistribution
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import (
    US,
    make_kind,
    make_place,
    run,
    usage_of,
)


def test_it_passes_the_requests_of_an_application_on() -> None:
    components = {"Edge": CloudfrontDistribution(), "Api": make_kind("http_api")}
    link = Link(source="Edge", target="Api", role="request")

    seen = run(components, [link], enter=("Edge", "request"), rps=100.0)

    assert seen.count("Api", "request", "offered") == pytest.approx(60_000)
    response_s = seen.model.v[seen.at("Edge", "request").port.response]
    # 5 ms at the edge, 10 ms for the API behind it.
    assert response_s == pytest.approx(0.015)


def test_it_answers_four_of_five_files_itself() -> None:
    components = {
        "Edge": CloudfrontDistribution(origins="bucket"),
        "Files": make_kind("not_modelled"),
    }
    link = Link(source="Edge", target="Files", role="any")

    seen = run(components, [link], enter=("Edge", "request"), rps=100.0)

    assert seen.count("Files", "any", "offered") == pytest.approx(0.2 * 60_000)
    spread = CloudfrontDistribution(origins="bucket").assumed(US)["hit_share"]
    assert (spread.low, spread.expected, spread.high) == (0.5, 0.8, 0.95)


def test_files_beside_an_application_spare_it_nothing() -> None:
    """The counted requests are the application's, so none of them is taken for a hit."""
    spread = CloudfrontDistribution(origins="both").assumed(US)["hit_share"]

    assert spread.expected == 0.0
    files = CloudfrontDistribution(origins="both").assumed(US)["files_per_request"]
    assert (files.low, files.expected, files.high) == (0.5, 2.0, 10.0)
    assert CloudfrontDistribution().assumed(US)["files_per_request"].expected == 0.0


def test_a_hit_share_that_is_set_is_kept() -> None:
    components = {"Edge": CloudfrontDistribution(), "Api": make_kind("http_api")}
    link = Link(source="Edge", target="Api", role="request")

    seen = run(
        components,
        [link],
        enter=("Edge", "request"),
        rps=100.0,
        values={"Edge": {"hit_share": 0.9}},
    )

    assert seen.count("Api", "request", "offered") == pytest.approx(6_000)


def test_it_routes_each_request_to_one_origin() -> None:
    components = {
        "Edge": CloudfrontDistribution(origins="both"),
        "Api": make_kind("http_api"),
        "Files": make_kind("not_modelled"),
    }
    links = [
        Link(source="Edge", target="Api", role="request", settings={"weight": 9.0}),
        Link(source="Edge", target="Files", role="any", settings={"weight": 1.0}),
    ]

    seen = run(components, links, enter=("Edge", "request"), rps=100.0)

    assert seen.count("Api", "request", "offered") == pytest.approx(54_000)
    assert seen.count("Files", "any", "offered") == pytest.approx(6_000)


def test_it_refuses_above_its_quota() -> None:
    edge = CloudfrontDistribution()

    seen = run(
        {"Edge": edge},
        enter=("Edge", "request"),
        rps=250_000.0,
        values={"Edge": {"files_per_request": 1.0}},
    )

    # quotas.csv: cloudfront.rps, default_value 250000; one file beside each request halves it.
    assert US.quota("cloudfront.rps") == 250_000
    assert seen.use("Edge", "request", "rate") == pytest.approx(2.0)
    assert seen.count("Edge", "request", "refused") == pytest.approx(125_000 * 600, rel=0.01)
    (limit,) = edge.limits(US, make_place(edge))
    assert (limit.id, limit.capacity, limit.unit) == ("cloudfront.rps", 250_000, "requests/s")


def test_large_answers_meet_the_data_rate_first() -> None:
    edge = CloudfrontDistribution(origins="bucket")
    place = make_place(edge, bytes_out=1e6)

    (limit,) = edge.limits(US, place)

    # quotas.csv: cloudfront.data_rate, default_value 150 Gbps: 18,750 answers of 1 MB a second.
    assert (limit.id, limit.capacity, limit.unit) == ("cloudfront.data_rate", 150, "Gbit/s")
    (lane,) = edge.stages(US, place)
    assert lane.stages[0].rate_per_s == pytest.approx(18_750)  # type: ignore[attr-defined]


def test_it_bills_requests_and_transfer() -> None:
    meters = Meters(
        passed={"request": 1e6}, bytes_out=5e9, is_edge=True, values={"files_per_request": 0.0}
    )

    bill = price_bill([("Edge", usage) for usage in CloudfrontDistribution().usage(meters)], US)

    # prices.csv, edge:US: cloudfront.https_requests 0.000001, cloudfront.transfer_gb 0.085.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(1.0 + 5e9 / 2**30 * 0.085, abs=0.01)


def test_it_bills_the_files_of_the_pages_too() -> None:
    edge = CloudfrontDistribution(origins="both")
    values = edge.billed(make_place(edge, files_per_request=3.0))
    meters = Meters(passed={"request": 1e6}, bytes_out=5e9, values=values)

    lines = usage_of(edge, meters)

    assert lines["cloudfront.https_requests"].quantity == 4e6
    assert lines["cloudfront.transfer_gb"].quantity == pytest.approx((5e9 + 3e6 * 35_000) / 2**30)
    assert lines["cloudfront.transfer_gb"].note == "With 3 files beside each request"


API = {"Id": "api", "DomainName": "${Api}.execute-api.eu-west-1.amazonaws.com"}
FILES = {"Id": "files", "DomainName": "${Bucket.RegionalDomainName}", "S3OriginConfig": {}}
SITE = {"Id": "site", "DomainName": "shop.s3-website-us-east-1.amazonaws.com"}


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        ([API], "application"),
        ([FILES], "bucket"),
        ([SITE], "bucket"),
        ([FILES, API], "both"),
        (API, "application"),
    ],
)
def test_it_reads_templates(written: Any, origins: str) -> None:
    assert settings_of(
        CloudfrontDistribution,
        "AWS::CloudFront::Distribution",
        {"DistributionConfig": {"Origins": written}},
    ) == {"origins": origins}


def test_the_files_that_reach_a_bucket_follow_from_those_at_the_edge() -> None:
    files, hits = (
        cloudfront_distribution.FILES["both"],
        cloudfront_distribution.HIT_SHARES["bucket"],
    )
    extra = CloudfrontDistribution.EXTRA_CALLS

    assert extra is not None
    assert extra.expected == pytest.approx(files.expected * (1.0 - hits.expected))
    assert extra.low == pytest.approx(files.low * (1.0 - hits.high))
    assert extra.high == pytest.approx(files.high * (1.0 - hits.low))
