"""Events of load balancers and of CloudFront."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import Written, get_att, ref, resource, text_of
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.events.common import main_value
from apps.engine.formats.serverless.service import Function, Service

BALANCER = "AWS::ElasticLoadBalancingV2"
EXTERNAL = "ApplicationLoadBalancer"


def balancer(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `alb`: a rule of a listener, and the group that it forwards to.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    normal = names.normal(function.key)
    group = f"{normal}AlbTargetGroup"
    listener: Written = event.get("listenerArn")
    if text_of(event.get("listenerArn")).startswith(("arn:", "${")) or listener is None:
        # The listener stands in another stack, and so does its load balancer.
        service.add(EXTERNAL, resource(f"{BALANCER}::LoadBalancer", {}), event)
        service.add(
            f"{EXTERNAL}Listener",
            resource(f"{BALANCER}::Listener", {"LoadBalancerArn": ref(EXTERNAL)}),
            event,
        )
        listener = ref(f"{EXTERNAL}Listener")
    members: Written = [{"Id": get_att(function.id)}]
    service.add(
        group,
        resource(f"{BALANCER}::TargetGroup", {"TargetType": "lambda", "Targets": members}),
        event,
    )
    rule: dict[str, Written] = {
        "ListenerArn": listener,
        "Priority": event.get("priority"),
        "Actions": [{"Type": "forward", "TargetGroupArn": ref(group)}],
    }
    service.add(f"{normal}AlbListenerRule{name[3:]}", resource(f"{BALANCER}::ListenerRule", rule),
                event)  # fmt: skip


def distribution(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `cloudFront`: a function that runs at the edge of the service's distribution.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    origin = event.get("origin")
    domain = main_value(origin, "DomainName") if origin is not None else None
    target = f"origin{event.line}"
    association: Written = {
        "EventType": event.get("eventType"),
        "LambdaFunctionARN": get_att(function.id),
    }
    behaviour: dict[str, Written] = {
        "TargetOriginId": target,
        "LambdaFunctionAssociations": [association],
    }
    path = event.get("pathPattern")
    settings: dict[str, Written] = {"Enabled": True}
    if domain is not None:
        host = text_of(domain).removeprefix("https://").removeprefix("http://").split("/")[0]
        settings["Origins"] = [{"Id": target, "DomainName": host or domain}]
    if path is not None:
        behaviour["PathPattern"] = path
        settings["CacheBehaviors"] = [behaviour]
    else:
        settings["DefaultCacheBehavior"] = behaviour
    body = resource("AWS::CloudFront::Distribution", {"DistributionConfig": settings})
    service.add(names.DISTRIBUTION, body, event)
