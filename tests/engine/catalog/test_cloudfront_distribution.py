"""CloudFront: what the edge answers, what it lets through, what it sends."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog import cloudfront_distribution
from apps.engine.catalog.base import Meters
from apps.engine.catalog.cloudfront_distribution import CloudfrontDistribution
from apps.engine.formats.infracost import meters_of
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


TERRAFORM = "aws_cloudfront_distribution"


def test_viewers_elsewhere_pay_the_price_of_their_area() -> None:
    usage = {
        "monthly_data_transfer_to_internet_gb.us": 20_000,
        "monthly_data_transfer_to_internet_gb.south_america": 20_000,
        "monthly_https_requests.japan": 1e6,
        "monthly_http_requests.india": 1e6,
        "monthly_data_transfer_to_origin_gb.australia": 100,
    }
    meters = meters_of(CloudfrontDistribution, TERRAFORM, usage)

    bill = price_bill([("Edge", line) for line in CloudfrontDistribution().usage(meters)], US)

    # prices.csv: each area has tiers of its own, and prices of its own.
    assert {line.price_id: float(line.monthly_usd or 0) for line in bill.lines} == pytest.approx(
        {
            "cloudfront.https_requests.jp": 1.2,
            "cloudfront.http_requests.in": 0.9,
            "cloudfront.transfer_gb": 10_240 * 0.085 + 9_760 * 0.08,
            "cloudfront.transfer_gb.sa": 10_240 * 0.11 + 9_760 * 0.105,
            "cloudfront.origin_transfer_gb.au": 8.0,
        }
    )


def test_a_terabyte_is_free_wherever_the_viewers_are() -> None:
    usage = {
        "monthly_data_transfer_to_internet_gb.us": 1000,
        "monthly_data_transfer_to_internet_gb.europe": 1000,
    }
    meters = meters_of(CloudfrontDistribution, TERRAFORM, usage)
    lines = [("Edge", line) for line in CloudfrontDistribution().usage(meters)]

    assert float(price_bill(lines, US, free_tier=True).monthly_usd) == pytest.approx(976 * 0.085)


def test_options_are_billed_where_they_are_on() -> None:
    given = {
        "invalidation_paths": 3000.0,
        "encryption_requests": 1e6,
        "log_lines": 1e9,
        "certificates": 2.0,
    }
    on = CloudfrontDistribution(has_dedicated_ip=True, encrypts_fields=True)

    lines = usage_of(on, Meters(given=given))
    bill = price_bill([("Edge", line) for line in lines.values()], US, free_tier=True)

    # prices.csv: 2,000 paths at 0.005, 0.02 for 10,000 requests, 0.01 a million lines, 600 each.
    assert float(bill.monthly_usd) == pytest.approx(10 + 2 + 10 + 1200)
    off = usage_of(CloudfrontDistribution(), Meters(given=given))
    assert "cloudfront.dedicated_ip_ssl" not in off
    assert "cloudfront.field_level_encryption_requests" not in off


def test_a_real_time_log_has_a_line_for_each_request() -> None:
    logged = CloudfrontDistribution(has_realtime_logs=True)

    lines = usage_of(logged, Meters(passed={"request": 5e6}))

    assert lines["cloudfront.realtime_log_lines"].quantity == 5e6
    assert "cloudfront.realtime_log_lines" not in usage_of(CloudfrontDistribution(), Meters())


def test_a_shield_takes_what_the_edge_does_not_hold() -> None:
    shielded = CloudfrontDistribution(shield_regions="sa-east-1, ap-northeast-2")

    seen = usage_of(shielded, Meters(called={"request": 10_000.0}))
    given = usage_of(shielded, Meters(given={"shield_requests.south_korea": 70.0}))

    assert seen["cloudfront.origin_shield_requests.sa"].quantity == 5_000
    assert given["cloudfront.origin_shield_requests.ap"].quantity == 70
    assert "cloudfront.origin_shield_requests.sa" not in given


def test_a_flat_rate_plan_is_all_that_is_billed() -> None:
    meters = Meters(passed={"request": 1e8}, bytes_out=1e13)
    lines = CloudfrontDistribution(plan="business").usage(meters)

    bill = price_bill([("Edge", line) for line in lines], US)

    # prices.csv: cloudfront.flat_plan.business 200.
    assert [line.price_id for line in bill.lines] == ["cloudfront.flat_plan.business"]
    assert float(bill.monthly_usd) == 200


def test_it_reads_terraform() -> None:
    shield = {"enabled": True, "origin_shield_region": "eu-west-1"}
    attributes = {
        "origin": [
            {"domain_name": "ref:aws_s3_bucket.b.bucket_regional_domain_name"},
            {"domain_name": "api.example", "origin_shield": [shield]},
            {"domain_name": "old.example", "origin_shield": [{"enabled": False}]},
        ],
        "default_cache_behavior": [{"target_origin_id": "b"}],
        "ordered_cache_behavior": [{"field_level_encryption_id": "f"}],
        "viewer_certificate": [{"ssl_support_method": "vip"}],
    }

    assert settings_of(CloudfrontDistribution, TERRAFORM, attributes) == {
        "origins": "both",
        "shield_regions": "eu-west-1",
        "encrypts_fields": True,
        "has_dedicated_ip": True,
    }
