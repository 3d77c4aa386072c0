"""Lambda@Edge and CloudFront functions: who sees which requests, their quotas and prices."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.cloudfront_function import CloudfrontFunction
from apps.engine.catalog.edge_function import EdgeFunction
from apps.engine.formats.infracost import meters_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.gate import Gate
from apps.engine.stages.pool import Pool
from tests.engine.catalog.building import US, lanes_of, make_kind, make_place, run
from tests.engine.formats.templates import link, read

AT_VIEWER = {"is_extra": True, "viewer_calls": 1.0}
AT_ORIGIN = {"is_extra": True}


def edge(role: str, target: str, settings: Mapping[str, object]) -> Link:
    return Link(source="Cdn", target=target, role=role, calls=1.0, settings=settings)


def pool_of(kind: EdgeFunction, **settings: object) -> Pool:
    place = make_place(kind, inbound=[edge("invoke", "It", dict(settings))])
    (stage,) = lanes_of(kind, place)["run"].stages
    assert isinstance(stage, Pool)
    return stage


def test_a_distribution_says_what_runs_at_the_edge_and_when() -> None:
    design = read(
        """
        Resources:
          Auth: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 30, MemorySize: 128}}
          AuthV1: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref Auth}}
          Resize: {Type: 'AWS::Serverless::Function', Properties: {AutoPublishAlias: live}}
          Plain: {Type: 'AWS::Lambda::Function'}
          Rewrite: {Type: 'AWS::CloudFront::Function', Properties: {Name: rewrite}}
          Files: {Type: 'AWS::S3::Bucket'}
          Cdn:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Origins: [{Id: a, DomainName: !GetAtt Files.RegionalDomainName}]
                DefaultCacheBehavior:
                  LambdaFunctionAssociations:
                    - {EventType: viewer-request, LambdaFunctionARN: !Ref AuthV1}
                    - {EventType: origin-response, LambdaFunctionARN: !Ref AuthV1}
                    - {EventType: origin-request, LambdaFunctionARN: !Ref Resize.Version}
                  FunctionAssociations:
                    - EventType: viewer-response
                      FunctionARN: !GetAtt Rewrite.FunctionMetadata.FunctionARN
                CacheBehaviors:
                  - PathPattern: /img/*
                    LambdaFunctionAssociations:
                      - {EventType: origin-request, LambdaFunctionARN: !Ref Resize.Version}
        """
    )

    kinds = {component.id: component.kind for component in design}
    assert (kinds["Auth"], kinds["Resize"]) == ("edge_function", "edge_function")
    assert (kinds["Plain"], kinds["Rewrite"]) == ("lambda_function", "cloudfront_function")
    # Once at each of its events, one of which is the viewer's.
    assert link(design, "Cdn", "Auth").calls == 2.0
    assert link(design, "Cdn", "Auth").settings == {"is_extra": True, "viewer_calls": 1.0}
    assert (link(design, "Cdn", "Resize").calls, link(design, "Cdn", "Resize").settings) == (
        1.0,
        {"is_extra": True},
    )
    assert link(design, "Cdn", "Rewrite").role == "run"


def test_viewers_run_it_for_each_request_and_origins_for_what_is_not_cached() -> None:
    components = {
        "Cdn": make_kind("cloudfront_distribution", origins="bucket"),
        "Files": make_kind("s3_bucket"),
        "Auth": EdgeFunction(),
        "Resize": EdgeFunction(),
        "Rewrite": CloudfrontFunction(),
    }
    links = [
        Link(source="Cdn", target="Files", role="get"),
        edge("invoke", "Auth", AT_VIEWER),
        edge("invoke", "Resize", AT_ORIGIN),
        edge("run", "Rewrite", AT_VIEWER),
    ]
    values = {"Cdn": {"hit_share": 0.75}}

    seen = run(components, links, enter=("Cdn", "request"), rps=20.0, values=values)

    assert seen.count("Auth", "run", "offered") == pytest.approx(12_000)
    assert seen.count("Rewrite", "run", "offered") == pytest.approx(12_000)
    assert seen.count("Resize", "run", "offered") == pytest.approx(3_000)
    assert seen.count("Files", "get", "offered") == pytest.approx(3_000)


def test_viewers_wait_five_seconds_and_origins_thirty() -> None:
    # quotas.csv: cloudfront.edge_lambda_timeout_viewer, cloudfront.edge_lambda_timeout_origin.
    slow = EdgeFunction(timeout_s=60.0)

    assert pool_of(slow, viewer_calls=1.0).timeout_s == 5.0
    assert pool_of(slow).timeout_s == 30.0
    assert pool_of(EdgeFunction(timeout_s=3.0)).timeout_s == 3.0


def test_it_is_held_back_by_the_requests_of_a_region_and_by_its_concurrency() -> None:
    kind = EdgeFunction(timeout_s=60.0, reserved_concurrency=5)
    lanes = lanes_of(kind)
    rate, *own = kind.limits(US, make_place(kind))

    (gate,) = lanes["invoke"].stages
    assert isinstance(gate, Gate)
    assert gate.rate_per_s == rate.capacity == US.quota("cloudfront.edge_lambda_rps") == 10_000
    assert lanes["run"].draws == ("lambda.concurrent_executions",)
    assert {limit.role for limit in own} == {"run"}
    # Nothing is reserved at the edge.
    assert "lambda.reserved_concurrency" not in {limit.id for limit in own}
    timeout = next(limit for limit in own if limit.gauge == "duration")
    assert (timeout.id, timeout.capacity) == ("cloudfront.edge_lambda_timeout_origin", 30.0)


def test_they_cost_what_the_edge_costs() -> None:
    meters = Meters(passed={"run": 1e6}, offered={"run": 1e6}, busy_s=50_000.0)

    at_edge = price_bill([("Auth", line) for line in EdgeFunction().usage(meters)], US)
    light = price_bill([("Rewrite", line) for line in CloudfrontFunction().usage(meters)], US)

    # prices.csv: 0.60 and 0.10 a million, 0.00005001 a GB-second of 128 MB.
    assert float(at_edge.monthly_usd) == pytest.approx(0.6 + 50_000 / 8 * 0.00005001, abs=1e-5)
    assert float(light.monthly_usd) == pytest.approx(0.1)


def test_a_cloudfront_function_runs_within_its_millisecond() -> None:
    own = CloudfrontFunction().assumed(US)["own_ms"]

    assert own.high == US.quota("cloudfront.function_time") == 1.0
    assert CloudfrontFunction().limits(US, make_place(CloudfrontFunction())) == ()


def test_a_cloudfront_function_is_billed_by_runs_and_reads() -> None:
    meters = meters_of(CloudfrontFunction, "aws_cloudfront_function", {"monthly_requests": 5e6})

    lines = [("F", line) for line in CloudfrontFunction().usage(meters)]

    # prices.csv: 0.10 a million runs, of which two million are always free.
    assert float(price_bill(lines, US).monthly_usd) == pytest.approx(0.5)
    assert float(price_bill(lines, US, free_tier=True).monthly_usd) == pytest.approx(0.3)
