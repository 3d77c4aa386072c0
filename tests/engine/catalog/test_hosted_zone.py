"""Route 53: a zone and its lookups are billed, and no request passes them."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.hosted_zone import HostedZone
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_place, read_template, usage_of
from tests.engine.formats.templates import pairs, read


def bill_of(kind: HostedZone, **values: float) -> float:
    meters = Meters(users=100_000.0, values=values)
    bill = price_bill([("Zone", usage) for usage in kind.usage(meters)], US)
    assert bill.is_complete
    return float(bill.monthly_usd)


def test_a_zone_costs_half_a_dollar() -> None:
    # prices.csv: route53.zone_month.
    assert bill_of(HostedZone()) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("routing", "usd_a_million"), [("standard", 0.4), ("latency", 0.6), ("geo", 0.7)]
)
def test_lookups_cost_by_the_million(routing: str, usd_a_million: float) -> None:
    record = HostedZone(part="records", routing=routing)

    assert bill_of(record, lookups_per_user=20.0) == pytest.approx(2 * usd_a_million)


def test_lookups_of_aliases_are_free() -> None:
    assert bill_of(HostedZone(part="records", is_alias=True), lookups_per_user=20.0) == 0.0


def test_a_health_check_costs_more_outside() -> None:
    assert bill_of(HostedZone(part="health check")) == pytest.approx(0.5)
    assert bill_of(HostedZone(part="health check", checks_outside=True)) == pytest.approx(0.75)


def test_nothing_limits_lookups_and_nothing_starts_there() -> None:
    assert HostedZone().limits(US, make_place(HostedZone())) == ()
    assert HostedZone.ENTRY == ""


def test_it_reads_records() -> None:
    alias = {"AliasTarget": {"DNSName": "d1.cloudfront.net"}, "Region": "eu-west-1"}

    expected = {"is_alias": True, "routing": "latency"}
    assert read_template(HostedZone, "AWS::Route53::RecordSet", alias) == expected
    group = {"RecordSets": [alias, {}]}
    assert read_template(HostedZone, "AWS::Route53::RecordSetGroup", group) == expected


def test_users_still_come_in_at_the_distribution() -> None:
    design = read(
        """
        Resources:
          Files: {Type: 'AWS::S3::Bucket'}
          Cdn:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Origins: [{Id: a, DomainName: !GetAtt Files.RegionalDomainName}]
          Zone: {Type: 'AWS::Route53::HostedZone', Properties: {Name: shop.example}}
          Name:
            Type: AWS::Route53::RecordSet
            Properties:
              HostedZoneId: !Ref Zone
              Name: www.shop.example
              AliasTarget: {DNSName: !GetAtt Cdn.DomainName, HostedZoneId: Z2FDTNDATAQYW2}
        """
    )

    assert pairs(design) == {("Cdn", "Files")}
    assert design.component("Zone").settings == {}
    assert design.component("Name").settings == {"is_alias": True, "part": "records"}
    assert design.not_modelled() == ()


def test_given_queries_are_billed_by_their_routing() -> None:
    usage = {"monthly_standard_queries": 1.1e9, "monthly_geo_queries": 1.5e9}
    meters = meters_of(HostedZone, "aws_route53_record", usage)
    lines = HostedZone(part="records").usage(meters)

    bill = price_bill([("Name", line) for line in lines], US)

    # prices.csv: 0.40 and 0.70 a million up to a billion, half of it above.
    assert float(bill.monthly_usd) == pytest.approx(400 + 20 + 700 + 175)


@pytest.mark.parametrize(
    ("settings", "features"),
    [
        ({}, 0),
        ({"check_type": "HTTPS"}, 1),
        ({"check_type": "HTTPS_STR_MATCH", "interval_s": 10, "measures_latency": True}, 4),
    ],
)
def test_features_of_a_health_check_are_counted(settings: dict[str, Any], features: int) -> None:
    lines = usage_of(HostedZone(part="health check", **settings), Meters())

    option = lines.get("route53.health_check_option.aws")
    assert (option.quantity if option else 0) == features


def test_it_reads_terraform() -> None:
    check = {
        "fqdn": "example.com",
        "type": "HTTPS_STR_MATCH",
        "request_interval": "10",
        "measure_latency": True,
    }
    read = settings_of(HostedZone, "aws_route53_health_check", check)

    assert read == {
        "part": "health check",
        "checks_outside": True,
        "check_type": "HTTPS_STR_MATCH",
        "interval_s": 10,
        "measures_latency": True,
    }
    told = check | {"usage": {"endpoint_type": "aws"}}
    assert not settings_of(HostedZone, "aws_route53_health_check", told)["checks_outside"]
    assert settings_of(HostedZone, "aws_route53_zone", {"name": "shop.example"}) == {}


@pytest.mark.parametrize(
    ("target", "is_free"),
    [("ref:aws_lb.front.dns_name", True), ("ref:aws_route53_record.other.name", False)],
)
def test_an_alias_of_a_record_is_billed_as_the_record(target: str, is_free: bool) -> None:
    attributes = {"alias": [{"name": target}], "latency_routing_policy": [{"region": "eu-west-1"}]}
    read = settings_of(HostedZone, "aws_route53_record", attributes)

    assert (read["routing"], read.get("is_alias", False)) == ("latency", is_free)


def test_fifty_health_checks_of_aws_are_free() -> None:
    check = HostedZone(part="health check")
    lines = [(f"Check{n}", line) for n in range(52) for line in check.usage(Meters())]

    assert float(price_bill(lines, US, free_tier=True).monthly_usd) == pytest.approx(2 * 0.5)
