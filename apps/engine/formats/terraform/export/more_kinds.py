"""Kinds that need more than one resource, or another one for a setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.engine.catalog import build
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.sheet import Raw, Resource, Value, encoded
from apps.engine.graph import Component

_ZONES: Value = ["eu-west-1a", "eu-west-1b"]


def _get(component: Component, name: str) -> Any:
    return getattr(build(component), name)


def subnets(draft: Draft) -> Raw:
    """Return the variable for the subnets that whoever applies the module must give.

    Parameters
    ----------
    draft : Draft
        The module.

    Returns
    -------
    Raw
        The variable.
    """
    return draft.sheet.variable(
        "subnet_ids", "list(string)", "Subnets in which functions and databases run."
    )


def _service(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    task = draft.sheet.add(
        "aws_ecs_task_definition",
        name,
        family=name,
        network_mode="awsvpc",
        task_role_arn=draft.role(component.id, "ecs-tasks"),
        container_definitions=encoded([{"name": "main", "image": "public.ecr.aws/nginx/nginx"}]),
    )
    launch = str(_get(component, "launch"))
    for setting, attribute in (("cpu_units", "cpu"), ("memory_mb", "memory")):
        if component.settings.get(setting):
            task.attributes[attribute] = int(component.settings[setting])
    found = draft.sheet.add("aws_ecs_service", name, name=name, task_definition=task["arn"])
    if launch in ("FARGATE", "EC2"):
        task.attributes["requires_compatibilities"] = [launch]
    network = found.block("network_configuration")
    network.attributes["subnets"] = subnets(draft)
    _scaled(draft, component, found)
    return found


def _scaled(draft: Draft, component: Component, service: Resource) -> None:
    least, most = (component.settings.get(name) for name in ("minimum", "maximum"))
    if most is None:
        return
    target = draft.sheet.add(
        "aws_appautoscaling_target",
        service.name,
        service_namespace="ecs",
        resource_id=Raw(f'"service/default/${{{service["name"].text}}}"'),
        scalable_dimension="ecs:service:DesiredCount",
        min_capacity=int(least or 1),
        max_capacity=int(most),
    )
    policy = draft.sheet.add(
        "aws_appautoscaling_policy",
        service.name,
        name=service.name,
        policy_type="TargetTrackingScaling",
        service_namespace=target["service_namespace"],
        resource_id=target["resource_id"],
        scalable_dimension=target["scalable_dimension"],
    )
    tracking = policy.block("target_tracking_scaling_policy_configuration")
    percent = component.settings.get("target_percent")
    tracking.attributes["target_value"] = int(percent or 60)
    tracking.block("predefined_metric_specification").attributes["predefined_metric_type"] = (
        "ECSServiceAverageCPUUtilization"
    )


def _group(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    instance = str(_get(component, "instance_type") or "m7g.large")
    if component.settings.get("is_alone"):
        return draft.sheet.add("aws_instance", name, ami="ami-00000000", instance_type=instance)
    template = draft.sheet.add("aws_launch_template", name, name=name, instance_type=instance)
    found = draft.sheet.add(
        "aws_autoscaling_group",
        name,
        name=name,
        min_size=int(_get(component, "minimum")),
        max_size=int(_get(component, "maximum")),
        vpc_zone_identifier=subnets(draft),
    )
    found.block("launch_template").attributes["id"] = template["id"]
    return found


def _cache(draft: Draft, component: Component) -> Resource:
    name = draft.word(component).replace("_", "-")
    if _get(component, "is_serverless"):
        return draft.sheet.add(
            "aws_elasticache_serverless_cache",
            draft.word(component),
            name=name,
            engine=str(_get(component, "engine")),
        )
    if _get(component, "engine") == "memcached":
        return draft.sheet.add(
            "aws_elasticache_cluster", draft.word(component), cluster_id=name, engine="memcached"
        )
    return draft.sheet.add(
        "aws_elasticache_replication_group",
        draft.word(component),
        replication_group_id=name,
        description=name,
    )


def _kafka(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    shown = name.replace("_", "-")
    if _get(component, "is_serverless"):
        return draft.sheet.add("aws_msk_serverless_cluster", name, cluster_name=shown)
    found = draft.sheet.add("aws_msk_cluster", name, cluster_name=shown, kafka_version="3.8.x")
    found.block("broker_node_group_info").attributes["client_subnets"] = subnets(draft)
    return found


def _zone(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    match _get(component, "part"):
        case "records":
            return draft.sheet.add(
                "aws_route53_record", name, name=name, type="A", zone_id="Z000000000000"
            )
        case "health check":
            return draft.sheet.add(
                "aws_route53_health_check", name, fqdn=f"{name}.example.com", port=443
            )
    return draft.sheet.add("aws_route53_zone", name, name=f"{name}.example.com")


def _firewall(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    scope = str(_get(component, "scope"))
    found = draft.sheet.add("aws_wafv2_web_acl", name, name=name, scope=scope)
    found.block("default_action").block("allow")
    _seen(found, name)
    count = int(_get(component, "rules") or 0)
    managed = int(_get(component, "managed_rule_groups") or 0)
    for number in range(count):
        rule = found.block("rule", fresh=True)
        rule.attributes.update({"name": f"rule-{number + 1}", "priority": number})
        if number < managed:
            rule.block("override_action").block("none")
            group = rule.block("statement").block("managed_rule_group_statement")
            group.attributes.update({"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS"})
        else:
            rule.block("action").block("block")
            rate = rule.block("statement").block("rate_based_statement")
            rate.attributes.update({"limit": 2000, "aggregate_key_type": "IP"})
        _seen(rule, f"{name}-{number + 1}")
    return found


def _seen(part: Any, name: str) -> None:
    part.block("visibility_config").attributes.update(
        {
            "cloudwatch_metrics_enabled": True,
            "metric_name": name,
            "sampled_requests_enabled": True,
        }
    )


def _endpoint(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    found = draft.sheet.add(
        "aws_vpc_endpoint",
        name,
        vpc_id=draft.sheet.variable("vpc_id", "string", "The VPC of the endpoints."),
        service_name=str(_get(component, "service_name") or "com.amazonaws.eu-west-1.s3"),
        vpc_endpoint_type=str(_get(component, "endpoint_type")),
    )
    zones = int(component.settings.get("zones") or 0)
    if zones:
        found.attributes["subnet_ids"] = [f"subnet-{number}" for number in range(zones)]
    return found


def _plan(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    found = draft.sheet.add("aws_backup_plan", name, name=name)
    rule = found.block("rule")
    rule.attributes.update({"rule_name": "daily", "target_vault_name": "Default"})
    days = component.settings.get("kept_days")
    if days is not None:
        rule.block("lifecycle").attributes["delete_after"] = int(days)
    return found


MORE: Mapping[str, Callable[[Draft, Component], Resource | None]] = {
    "auto_scaling_group": _group,
    "backup_plan": _plan,
    "ecs_service": _service,
    "elasticache_cluster": _cache,
    "hosted_zone": _zone,
    "msk_cluster": _kafka,
    "vpc_endpoint": _endpoint,
    "waf_web_acl": _firewall,
}
