"""Route 53: a zone and its lookups are billed, and no request passes them."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.hosted_zone import HostedZone
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_place, read_template
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
