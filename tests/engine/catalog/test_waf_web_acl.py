"""WAF web ACL: its quota of requests, and a bill by rules and by all that it looks at."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.waf_web_acl import WafWebAcl
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, lanes_of, make_kind, make_place, run, usage_of
from tests.engine.formats.templates import link, read


def wall(source: str) -> Link:
    settings = {"is_extra": True, "viewer_calls": 1.0}
    return Link(source=source, target="Wall", role="inspect", calls=1.0, settings=settings)


def test_it_sees_what_the_cache_answers_too() -> None:
    components = {
        "Cdn": make_kind("cloudfront_distribution"),
        "Wall": WafWebAcl(scope="CLOUDFRONT"),
        "F": make_kind("lambda_url"),
    }
    links = [wall("Cdn"), Link(source="Cdn", target="F", role="request")]
    values = {"Cdn": {"hit_share": 0.8}}

    seen = run(components, links, enter=("Cdn", "request"), rps=10.0, values=values)

    assert seen.count("F", "request", "offered") == pytest.approx(600 * 10 * 0.2)
    assert seen.count("Wall", "inspect", "offered") == pytest.approx(600 * 10)


def test_a_web_acl_takes_its_quota_and_no_more() -> None:
    (gate,) = lanes_of(WafWebAcl())["inspect"].stages
    (limit,) = WafWebAcl().limits(US, make_place(WafWebAcl()))

    # quotas.csv: wafv2.rps, of a regional one.
    assert limit.capacity == US.quota("wafv2.rps") == 100_000
    assert limit.is_adjustable
    assert getattr(gate, "rate_per_s", None) == 100_000
    assert WafWebAcl(scope="CLOUDFRONT").limits(US, make_place(WafWebAcl())) == ()


def test_it_bills_rules_and_requests() -> None:
    meters = Meters(offered={"inspect": 10e6})

    bill = price_bill([("Wall", usage) for usage in WafWebAcl(rules=3).usage(meters)], US)

    # prices.csv: 5 a month, 1 for each rule, 0.60 a million requests.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(5 + 3 * 1 + 10 * 0.6)


def test_it_reads_how_many_rules_there_are() -> None:
    rules = [{"Name": "a"}, {"Name": "b"}]

    read = settings_of(WafWebAcl, "AWS::WAFv2::WebACL", {"Scope": "REGIONAL", "Rules": rules})

    assert read == {"scope": "REGIONAL", "rules": 2}


def test_it_is_asked_by_what_it_is_associated_with() -> None:
    design = read(
        """
        Resources:
          Api: {Type: 'AWS::Serverless::Api', Properties: {StageName: prod}}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Events:
                Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get}}
          Wall: {Type: 'AWS::WAFv2::WebACL', Properties: {Scope: REGIONAL, Rules: [{Name: a}]}}
          On:
            Type: AWS::WAFv2::WebACLAssociation
            Properties:
              WebACLArn: !GetAtt Wall.Arn
              ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/prod'
        """
    )

    assert link(design, "Api", "Wall").role == "inspect"
    assert link(design, "Api", "Wall").settings == {"is_extra": True, "viewer_calls": 1.0}
    assert design.component("Wall").settings == {"scope": "REGIONAL", "rules": 1}
    assert design.not_modelled() == ()


def test_groups_and_the_rules_in_them_are_billed_as_rules_are() -> None:
    usage = {"rule_group_rules": 5, "managed_rule_group_rules": 10, "monthly_requests": 1e6}
    meters = meters_of(WafWebAcl, "aws_wafv2_web_acl", usage)
    wall = WafWebAcl(rules=1, rule_groups=1, managed_rule_groups=1)

    lines = {line.label: line.quantity for line in wall.usage(meters)}

    assert lines == {
        "Web ACL": 1,
        "Rules": 16,
        "Rule groups": 1,
        "Managed rule groups": 1,
        "Requests": 1e6,
    }


def test_a_web_acl_of_many_units_costs_more_for_each_500() -> None:
    def extra(units: int) -> float:
        lines = usage_of(WafWebAcl(capacity_units=units), Meters(offered={"inspect": 1e6}))
        line = lines.get("waf.requests.extra_units")
        return line.quantity if line else 0.0

    assert [extra(units) for units in (1500, 1501, 2000, 2001)] == [0, 1e6, 1e6, 2e6]


def test_what_looks_closely_is_billed_without_a_price() -> None:
    wall = WafWebAcl(managed_rule_groups=2, bot_control="TARGETED", fraud_groups=1)
    meters = Meters(offered={"inspect": 1e6}, given={"fraud_attempts": 5000.0})

    bill = price_bill([("Wall", line) for line in wall.usage(meters)], US)

    assert [(line.price_id, float(line.quantity)) for line in bill.not_priced] == [
        ("waf.bot_control_month", 1),
        ("waf.bot_control_requests.targeted", 1_000_000),
        ("waf.fraud_control_month", 1),
        ("waf.fraud_control_attempts", 5000),
    ]


def test_it_reads_rules_and_groups_of_terraform() -> None:
    inspected = {"aws_managed_rules_bot_control_rule_set": [{"inspection_level": "TARGETED"}]}
    bots = {
        "name": "AWSManagedRulesBotControlRuleSet",
        "managed_rule_group_configs": [inspected],
    }
    rules = [
        {"statement": [{"rate_based_statement": [{"limit": 10}]}]},
        {"statement": [{"rule_group_reference_statement": [{"arn": "a"}]}]},
        {"statement": [{"managed_rule_group_statement": [bots]}]},
        {"statement": [{"managed_rule_group_statement": [{"name": "AWSManagedRulesATPRuleSet"}]}]},
    ]
    classic = {"rules": [{"type": "REGULAR"}, {"type": "RATE_BASED"}, {"type": "GROUP"}]}

    assert settings_of(WafWebAcl, "aws_wafv2_web_acl", {"scope": "REGIONAL", "rule": rules}) == {
        "scope": "REGIONAL",
        "rules": 1,
        "rule_groups": 1,
        "managed_rule_groups": 2,
        "bot_control": "TARGETED",
        "fraud_groups": 1,
    }
    read = settings_of(WafWebAcl, "aws_waf_web_acl", classic)
    assert read == {"scope": "CLOUDFRONT", "rules": 2, "rule_groups": 1}
