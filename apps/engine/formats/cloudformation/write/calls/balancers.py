"""Load balancers and function URLs: what stands behind them."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.calls.policies import may_invoke
from apps.engine.formats.cloudformation.write.calls.rest import protect
from apps.engine.formats.cloudformation.write.calls.routes import slug
from apps.engine.formats.cloudformation.write.kinds.compute import (
    ALIAS,
    CONTAINER_PORT,
    invoked,
)
from apps.engine.formats.cloudformation.write.kinds.doors import listen
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, att, ref
from apps.engine.graph import Link

GROUP, RULE = (
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
_BALANCING = "elasticloadbalancing.amazonaws.com"
_NOTHING: Properties = {
    "Type": "fixed-response",
    "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"},
}


def balance_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the target groups of a load balancer, its listener and its firewall.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the balancer.
    links : list of Link
        What stands behind it.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    made, groups = [], []
    for link in links:
        group = _group(plan, link)
        if group:
            made.append(link)
            groups.append((link, group))
    first = [_forward(groups[0][1])] if groups else [_NOTHING]
    listener = listen(plan, id_, first)
    for number, (link, group) in enumerate(groups[1:], start=1):
        path = f"/{slug(plan, link.target)}/*"
        properties = {
            "ListenerArn": ref(listener),
            "Priority": number,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}],
            "Actions": [_forward(group)],
        }
        plan.part(id_, f"Rule{plan.ids[link.target]}", RULE, properties)
    for link, _ in groups:
        if plan.kind(link.target) == "ecs_service":
            needed = plan.template.resources[plan.ids[link.target]].attributes
            needed.setdefault("DependsOn", []).append(listener)
    made += _walls(plan, id_, links)
    return [link for link in links if link not in made]


def _walls(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    found = [link for link in links if plan.kind(link.target) == "waf_web_acl"]
    found = [o for o in found if plan.setting(o.target, "scope") == "REGIONAL"][:1]
    for link in found:
        protect(plan, link, plan.ref(id_))
    return found


def _forward(group: str) -> Properties:
    return {"Type": "forward", "TargetGroupArn": ref(group)}


def _group(plan: Plan, link: Link) -> str:
    """Return the target group of a link, an empty text where there can be none."""
    kind, suffix = plan.kind(link.target), f"To{plan.ids[link.target]}"
    if kind == "lambda_function" and link.role == "invoke":
        needs = may_invoke(plan, link.source, link.target, _BALANCING)
        function = plan.template.resources[needs].properties
        # A balancer's own ARN is not known before its group is, and the group asks at once.
        function.pop("SourceAccount", None)
        targets = {"TargetType": "lambda", "Targets": [{"Id": invoked(plan, "", link.target)}]}
        return plan.part(link.source, suffix, GROUP, targets, DependsOn=[needs])
    if kind == "ecs_service" and plan.setting(link.target, "launch") != "EXTERNAL":
        group = plan.part(link.source, suffix, GROUP, _network(plan, "ip"))
        entry = {
            "ContainerName": "app",
            "ContainerPort": CONTAINER_PORT,
            "TargetGroupArn": ref(group),
        }
        plan.properties(link.target).setdefault("LoadBalancers", []).append(entry)
        return group
    if kind == "auto_scaling_group":
        network = _network(plan, "instance")
        if plan.setting(link.target, "is_alone"):
            network["Targets"] = [{"Id": plan.ref(link.target)}]
            return plan.part(link.source, suffix, GROUP, network)
        group = plan.part(link.source, suffix, GROUP, network)
        plan.properties(link.target).setdefault("TargetGroupARNs", []).append(ref(group))
        return group
    return ""


def _network(plan: Plan, type_: str) -> Properties:
    return {
        "VpcId": plan.vpc(),
        "Protocol": "HTTP",
        "Port": CONTAINER_PORT,
        "TargetType": type_,
    }


def point_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the function that a URL leads to.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the URL.
    links : list of Link
        The function.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    properties = plan.properties(id_)
    functions = [link for link in links if plan.kind(link.target) == "lambda_function"][:1]
    if not functions:
        label = plan.design.component(id_).label
        properties["TargetFunctionArn"] = plan.ask(
            id_, "FunctionArn", f"ARN of the function behind {label}"
        )
    for link in functions:
        properties["TargetFunctionArn"] = att(plan.ids[link.target])
        public: Properties = {
            "FunctionName": invoked(plan, "", link.target),
            "Action": "lambda:InvokeFunctionUrl",
            "Principal": "*",
            "FunctionUrlAuthType": "NONE",
        }
        if f"{plan.ids[link.target]}Alias" in plan.template.resources:
            properties["Qualifier"] = ALIAS
            needed = plan.template.resources[plan.ids[id_]].attributes
            needed["DependsOn"] = [f"{plan.ids[link.target]}Alias"]
        if properties["AuthType"] == "NONE":
            plan.part(id_, "Public", "AWS::Lambda::Permission", public)
    return [link for link in links if link not in functions]
