"""WAF web ACL: its quota of requests, and a bill by rules and by all that it looks at."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.waf_web_acl import WafWebAcl
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, lanes_of, make_kind, make_place, run
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
