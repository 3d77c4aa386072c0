"""What stands before a function of Zappa: an API, a function URL, a load balancer."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import (
    Written,
    get_att,
    is_true,
    ref,
    resource,
    text_of,
)
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.zappa.stage import Stage

BALANCER = "AWS::ElasticLoadBalancingV2"


def add_fronts(stage: Stage) -> None:
    """Add the ways in.

    Parameters
    ----------
    stage : Stage
        The stage, to which they are added.
    """
    enabled = stage.get("apigateway_enabled")
    if enabled is None or is_true(enabled):
        version = stage.get("apigateway_version")
        if text_of(version) == "v2":
            _http_api(stage, version or stage.settings)
        else:
            _rest_api(stage, version or enabled or stage.settings)
    if is_true(stage.get("function_url_enabled")):
        _url(stage)
    if is_true(stage.get("alb_enabled")):
        _balancer(stage, stage.get("alb_enabled") or stage.settings)


def _rest_api(stage: Stage, at: Node) -> None:
    api = f"{stage.prefix}Api"
    kinds = stage.get("endpoint_configuration")
    kind = next(iter(kinds.elements()), None) if kinds is not None else None
    cached = is_true(stage.get("cache_cluster_enabled"))
    size = stage.get("cache_cluster_size")
    pools = stage.get("authorizer.provider_arns")
    guard = stage.get("authorizer.arn") or pools
    properties: dict[str, Written] = {
        "Name": stage.function_name or None,
        "StageName": stage.name,
        "EndpointConfiguration": kind or "EDGE",
        "CacheClusterSize": (size or "0.5") if cached else None,
        "Auth": {"Authorizers": {"own": {"FunctionArn": guard}}} if guard is not None else None,
    }
    stage.add(api, resource("AWS::Serverless::Api", properties), at)
    route: dict[str, Written] = {"RestApiId": ref(api), "Method": "ANY", "Path": "/{proxy+}"}
    stage.event("Requests", "Api", at, route)


def _http_api(stage: Stage, at: Node) -> None:
    api = f"{stage.prefix}HttpApi"
    name = stage.function_name or None
    stage.add(api, resource("AWS::Serverless::HttpApi", {"Name": name}), at)
    route: dict[str, Written] = {"ApiId": ref(api), "Method": "ANY", "Path": "$default"}
    stage.event("Requests", "HttpApi", at, route)


def _url(stage: Stage) -> None:
    kind = text_of(stage.get("function_url_config.authorizer")) or "NONE"
    stage.url = {"AuthType": kind, "InvokeMode": "BUFFERED"}
    domains = stage.get("function_url_domains")
    if domains is None:
        return
    # Zappa puts a distribution before a function URL with a name of its own.
    host = get_att(f"{stage.function}Url", "FunctionUrl")
    origin: Written = {
        "Id": "function",
        "DomainName": {"Fn::Select": [2, {"Fn::Split": ["/", host]}]},
    }
    settings: Written = {
        "Enabled": True,
        "Origins": [origin],
        "DefaultCacheBehavior": {"TargetOriginId": "function"},
    }
    body = resource("AWS::CloudFront::Distribution", {"DistributionConfig": settings})
    stage.add(f"{stage.prefix}Distribution", body, domains)


def _balancer(stage: Stage, at: Node) -> None:
    balancer, group = f"{stage.prefix}LoadBalancer", f"{stage.prefix}TargetGroup"
    place: dict[str, Written] = {
        "Scheme": text_of(stage.get("alb_vpc_config.Scheme")) or "internet-facing",
        "Subnets": stage.get("alb_vpc_config.SubnetIds"),
    }
    stage.add(balancer, resource(f"{BALANCER}::LoadBalancer", place), at)
    members: Written = [{"Id": get_att(stage.function)}]
    target: dict[str, Written] = {"TargetType": "lambda", "Targets": members}
    stage.add(group, resource(f"{BALANCER}::TargetGroup", target), at)
    action: Written = {"Type": "forward", "TargetGroupArn": ref(group)}
    listener: dict[str, Written] = {
        "LoadBalancerArn": ref(balancer),
        "DefaultActions": [action],
    }
    stage.add(f"{stage.prefix}Listener", resource(f"{BALANCER}::Listener", listener), at)
