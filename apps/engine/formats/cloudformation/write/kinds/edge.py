"""What stands before an application: distributions, names, firewalls, sign-in."""

from __future__ import annotations

from apps.engine.catalog.hosted_zone import RECORD_PART, ZONE_PART
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, sub
from apps.engine.graph import Component

_FUNCTION_CODE = "function handler(event) {\n  return event.request;\n}\n"
BOT_CONTROL = "AWSManagedRulesBotControlRuleSet"
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
_GROUPS = (
    *("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"),
    *("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesSQLiRuleSet"),
    *("AWSManagedRulesAnonymousIpList", "AWSManagedRulesLinuxRuleSet"),
    *("AWSManagedRulesUnixRuleSet", "AWSManagedRulesAdminProtectionRuleSet"),
    *("AWSManagedRulesPHPRuleSet", "AWSManagedRulesWordPressRuleSet"),
)
# Rules of one's own beyond that are written by hand.
MOST_RULES = 20
_RATE_IN_5_MIN = 2000


def _distribution(plan: Plan, component: Component) -> None:
    configuration: Properties = {"Enabled": True, "HttpVersion": "http2and3", "Origins": []}
    plan.main(
        component,
        "AWS::CloudFront::Distribution",
        {"DistributionConfig": configuration},
    )


def _edge_code(plan: Plan, component: Component) -> None:
    properties = {
        "Name": sub(f"${{AWS::StackName}}-{plan.short(component.id, 20)}"),
        "AutoPublish": True,
        "FunctionCode": _FUNCTION_CODE,
        "FunctionConfig": {"Comment": component.label, "Runtime": "cloudfront-js-2.0"},
    }
    plan.main(component, "AWS::CloudFront::Function", properties)


def _zone(plan: Plan, component: Component) -> None:
    id_, part = component.id, plan.setting(component.id, "part")
    name = plan.ask(id_, "Name", f"Domain of {component.label}, such as www.example.com")
    if part == ZONE_PART:
        plan.main(component, "AWS::Route53::HostedZone", {"Name": name})
    elif part == RECORD_PART:
        zone = plan.ask(id_, "ZoneId", f"Id of the hosted zone that {component.label} stands in")
        record: Properties = {"HostedZoneId": zone, "Name": name, "Type": "CNAME"}
        address = plan.ask(id_, "Target", f"The name that {component.label} leads to")
        record |= {"TTL": "300", "ResourceRecords": [address]}
        routing = plan.setting(id_, "routing")
        if routing == "latency":
            record |= {"SetIdentifier": plan.ids[id_], "Region": sub("${AWS::Region}")}
        elif routing == "geolocation":
            record |= {"SetIdentifier": plan.ids[id_], "GeoLocation": {"CountryCode": "*"}}
        plan.main(component, "AWS::Route53::RecordSet", record)
    else:
        plan.main(component, "AWS::Route53::HealthCheck", _check(plan, id_))


def _check(plan: Plan, id_: str) -> Properties:
    type_ = plan.setting(id_, "check_type")
    label = plan.design.component(id_).label
    name = plan.ask(id_, "Name", f"Domain of {label}, such as www.example.com")
    check: Properties = {"Type": type_, "FullyQualifiedDomainName": name}
    check |= {"RequestInterval": plan.setting(id_, "interval_s")}
    check |= {"MeasureLatency": plan.setting(id_, "measures_latency")}
    if type_.endswith("STR_MATCH"):
        check["SearchString"] = "ok"
    if type_ == "TCP":
        check["Port"] = 443
    return {"HealthCheckConfig": check}


def _firewall(plan: Plan, component: Component) -> None:
    id_ = component.id
    rules = [_rate_rule(n) for n in range(min(plan.setting(id_, "rules"), MOST_RULES))]
    rules += [_managed_rule(name, {}) for name in _groups(plan, id_)]
    bots = plan.setting(id_, "bot_control")
    if bots:
        level = {"AWSManagedRulesBotControlRuleSet": {"InspectionLevel": bots}}
        rules.append(_managed_rule(BOT_CONTROL, level))
    properties = {
        "DefaultAction": {"Allow": {}},
        "Scope": plan.setting(id_, "scope"),
        "VisibilityConfig": _visible(plan.ids[id_]),
        "Rules": [{"Priority": index, **rule} for index, rule in enumerate(rules)],
    }
    plan.main(component, "AWS::WAFv2::WebACL", properties)


def _groups(plan: Plan, id_: str) -> tuple[str, ...]:
    """Return the groups of AWS that stand for a number of them, those that look at bots left."""
    number = plan.setting(id_, "managed_rule_groups")
    number -= 1 if plan.setting(id_, "bot_control") else 0
    return _GROUPS[: max(0, number)]


def _rate_rule(number: int) -> Properties:
    statement = {"RateBasedStatement": {"AggregateKeyType": "IP", "Limit": _RATE_IN_5_MIN}}
    name = f"rate-{number + 1}"
    return {
        "Name": name,
        "Action": {"Block": {}},
        "Statement": statement,
        "VisibilityConfig": _visible(name),
    }


def _managed_rule(name: str, level: Properties) -> Properties:
    group: Properties = {"VendorName": "AWS", "Name": name}
    if level:
        group["ManagedRuleGroupConfigs"] = [level]
    return {
        "Name": name,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": group},
        "VisibilityConfig": _visible(name),
    }


def _visible(name: str) -> Properties:
    return {
        "CloudWatchMetricsEnabled": True,
        "MetricName": name,
        "SampledRequestsEnabled": True,
    }


def _pool(plan: Plan, component: Component) -> None:
    properties: Properties = {
        "UserPoolTier": plan.setting(component.id, "tier").upper(),
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
    }
    id_ = plan.main(component, "AWS::Cognito::UserPool", properties)
    client = {
        "UserPoolId": plan.ref(component.id),
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }
    plan.template.add(f"{id_}Client", "AWS::Cognito::UserPoolClient", client, component.id)


WRITERS = {
    "cloudfront_distribution": _distribution,
    "cloudfront_function": _edge_code,
    "cognito_user_pool": _pool,
    "hosted_zone": _zone,
    "waf_web_acl": _firewall,
}
